import { nodeKeychainChannel, serveKeychain } from './world/keychain/serve-keychain.ts'

serveKeychain(nodeKeychainChannel())
