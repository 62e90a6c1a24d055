import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startSignIn } from '#test/fakes/google-sign-in.ts'
import { startSlack } from '#test/fakes/notify/services.ts'
import { addToken, goTo, openHome, token, withoutKeychain, withVault } from './block-homes.ts'
import { places } from './screens.ts'
import { dropFile, heldByPage } from './window.ts'

/** A port where everybody is let in and nobody is answered. */
const listenInSilence = async (): Promise<number> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

test.each(places)(
  '%s: without a keychain the vault is one click away, and a secret that is set is eight asterisks everywhere',
  async (place) => {
    const { page, errors } = await openHome(place, {}, { env: withoutKeychain })
    await addToken(page)
    const settings = page.getByRole('form', { name: 'Settings' })
    await settings.getByText('********', { exact: true }).waitFor()
    expect(await heldByPage(page)).not.toContain(token)
    await page.getByRole('button', { name: 'Test connection' }).click()
    await page.getByText(/^Passed /).waitFor()
    expect(await heldByPage(page)).not.toContain(token)

    await settings.getByRole('button', { name: /^Replace/ }).click()
    await settings.getByLabel(/^Value/).fill('short')
    await settings.getByText('So short a secret cannot be masked').waitFor()
    await settings.getByRole('button', { name: 'Keep the one that is set' }).click()
    await settings.getByRole('button', { name: /^Clear/ }).click()
    await settings.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Secret missing', { exact: true }).waitFor()
    expect(errors).toEqual([])
  },
)

/** Files that people take for a key, and what each is said to be. */
const wrongFiles: readonly (readonly [string, string])[] = [
  ['{"installed":{"client_id":"1.apps.googleusercontent.com","client_secret":"none"}}', 'This is an OAuth client'],
  ['{"type":"authorized_user","client_id":"1","refresh_token":"none"}', 'gcloud auth application-default login'],
  ['{"type":"external_account","audience":"//iam.googleapis.com/x"}', 'workload identity federation'],
  ['{"type":"service_account","private_key":"********","client_email":"********"}', 'masked with asterisks'],
  ['<!doctype html><html><title>Sign in</title></html>', 'This is a web page'],
  ['{"type":"service_account","project_id":"ny-ri', 'cut'],
]

test.each(places)(
  '%s: a key is dropped, pasted or chosen; what it holds is shown, and what a wrong file is',
  async (place) => {
    const signIn = await startSignIn()
    onTestFinished(signIn.close)
    const { email, keyId, keyFile } = signIn.account('flows', 'ny-rides')
    const { page, errors } = await openHome(place, {}, { env: withoutKeychain })
    await goTo(page, '#/new-block/gcp-credentials')
    const form = page.getByRole('form', { name: 'New block' })
    const choose = (text: string) =>
      form.getByLabel('File of Service account key').setInputFiles({
        name: 'key.json',
        mimeType: 'application/json',
        buffer: Buffer.from(text),
      })
    for (const [text, words] of wrongFiles) {
      await choose(text)
      await form.getByText(words).first().waitFor()
      await form
        .getByRole('button', { name: 'Take another' })
        .or(form.getByText('Drop the file here'))
        .first()
        .waitFor()
      if (await form.getByRole('button', { name: 'Take another' }).isVisible())
        await form.getByRole('button', { name: 'Take another' }).click()
    }
    const facts = form.getByLabel('What Service account key holds')
    await choose(keyFile)
    await facts.getByText(email).waitFor()
    await facts.getByText(keyId).waitFor()
    expect(await heldByPage(page)).not.toContain('PRIVATE KEY')
    await form.getByRole('button', { name: 'Take another' }).click()
    await facts.waitFor({ state: 'detached' })
    await form.getByLabel('Service account key', { exact: true }).fill(JSON.stringify(JSON.parse(keyFile)))
    await form.getByText(/^Taken, /).waitFor()
    await facts.getByText(email).waitFor()
    await goTo(page, '#/blocks')
    await page.getByRole('table', { name: 'Blocks' }).waitFor()
    await dropFile(page, { name: 'client.json', text: wrongFiles[0]?.[0] ?? '' })
    await page.getByText('This is an OAuth client').waitFor()
    expect(errors).toEqual([])
  },
)

test.each(places)('%s: a test message arrives, and a refused one shows what the server answered', async (place) => {
  const slack = await startSlack()
  const { page, errors } = await openHome(place, {}, { env: withVault })
  await goTo(page, '#/new-block/slack-webhook')
  const form = page.getByRole('form', { name: 'New block' })
  await form.getByRole('textbox', { name: /^Name/ }).fill('team')
  await form.getByLabel(/^Webhook URL/).fill(slack.address)
  await form.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('button', { name: 'Send a test message' }).click()
  await page.getByText(/^Taken by Slack/).waitFor()
  expect(slack.received.at(-1)?.body).toContain('Test message of Millrace')

  await page.getByRole('button', { name: 'Replace Webhook URL' }).click()
  await page.getByLabel('Webhook URL', { exact: false }).first().fill(`${slack.address}-gone`)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('********', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Send a test message' }).click()
  await page.getByText('no_service').waitFor()
  expect(await heldByPage(page)).not.toContain('made-up-for-tests')
  expect(errors).toEqual([])
})

test.each(places)('%s: a test of a server that does not answer is cancelled', async (place) => {
  const port = await listenInSilence()
  const { page, errors } = await openHome(place, {})
  await goTo(page, '#/new-block/postgres')
  const form = page.getByRole('form', { name: 'New block' })
  await form.getByRole('textbox', { name: /^Name/ }).fill('silent')
  await form.getByLabel('Host').fill('127.0.0.1')
  await form.getByLabel('Port').fill(String(port))
  await form.getByLabel('Database').fill('taxi')
  await form.getByLabel('User').fill('nobody')
  await form.getByLabel('Time to connect').fill('10m')
  await form.getByRole('button', { name: 'Save and test' }).click()
  await page.getByText('Testing …').waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('Cancelled', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Test connection' }).waitFor()
  expect(errors).toEqual([])
})

test.each(places)('%s: settings ask twice for the passphrase of a new vault', async (place) => {
  const { page, errors } = await openHome(place, {}, { env: withoutKeychain })
  await goTo(page, '#/settings')
  await page.getByRole('radiogroup', { name: 'Where secrets are kept' }).getByText('In a vault').click()
  const form = page.getByRole('form', { name: 'Unlock the vault' })
  const make = form.getByRole('button', { name: 'Make the vault' })
  await form.getByLabel('Passphrase', { exact: true }).fill('a passphrase of this test')
  await form.getByLabel('The same again').fill('a passphrase of this tset')
  await form.getByText('The two differ.').waitFor()
  expect(await make.isDisabled()).toBe(true)
  await form.getByLabel('The same again').fill('a passphrase of this test')
  await make.click()
  await page.getByText('No block has a secret.').waitFor()
  expect(errors).toEqual([])
})
