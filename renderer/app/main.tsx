import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import './global.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { browserHost } from '#renderer/rpc/browser-host.ts'
import { desktopBridge, desktopHost } from '#renderer/rpc/desktop-host.ts'
import { connectEngine } from '#renderer/rpc/engine.ts'
import { startSession } from '#renderer/stores/session.ts'
import { App } from './app.tsx'
import { runCommand, startKeys } from '#renderer/stores/commands.ts'
import { startNavigation } from '#renderer/stores/navigation.ts'
import { startHostMenu } from '#renderer/stores/host-menu.ts'
import { startNotices } from '#renderer/stores/notices.ts'
import { startOpening } from '#renderer/stores/opening.ts'
import { startVault } from '#renderer/stores/vault.ts'

const bridge = desktopBridge()
const host = bridge ? desktopHost(bridge) : browserHost()
const engine = connectEngine(host)
startSession(engine)
startNavigation()
startKeys()
startNotices(engine, host)
startOpening(host)
startVault(engine)
startHostMenu(host)
host.onCommand(runCommand)

const root = document.getElementById('root')
if (!root) throw new Error('The page has no root.')
createRoot(root).render(
  <StrictMode>
    <App world={{ engine, host }} />
  </StrictMode>,
)
