import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'

export const notifySend = defineTask({
  type: 'notify.send',
  version: 1,
  title: 'Send a message',
  summary: 'Tells people by chat, e-mail, phone or pager; at its best in a hook, when a run has failed.',
  group: 'control',
  icon: 'bell',
  aliases: [
    'SlackWebhook',
    'MicrosoftTeamsWebhook',
    'EmailServerCredentials',
    'email_send_message',
    'TwilioSMS',
    'OpsgenieWebhook',
    'CustomWebhookNotificationBlock',
    'smtp',
    'alert',
    'notification',
    'on_failure',
  ],
  config: z.object({
    block: field.block({ title: 'By', blocks: ['notify'], key: true }),
    subject: field
      .text({
        title: 'Subject',
        help: 'One line; may hold expressions.',
        placeholder: '{{ run.flow }}: {{ run.state }}',
      })
      .min(1),
    text: field
      .multiline({
        title: 'Text',
        help: 'May hold expressions; hooks also know {{ run.state }} and {{ run.message }}.',
        placeholder: '{{ run.name }} of {{ run.flow }} ended as {{ run.state }}: {{ run.message }}',
      })
      .default(''),
  }),
  inputs: {},
  outputs: { answer: { kind: 'value', title: 'Answer', help: 'What the server said.' } },
  examples: [
    { block: 'block:slack-webhook/alerts', subject: 'Green taxi is loaded' },
    {
      block: 'block:email-server/office',
      subject: '{{ run.flow }} ended as {{ run.state }}',
      text: 'Flow run {{ run.name }}, begun at {{ run.started_at }}:\n{{ run.message }}',
    },
  ],
  traits: { effect: true },
  run: async ({ config, blocks, log, signal }) => {
    const notifier = await blocks.notifier(config.block)
    const { answer } = await notifier.send({ subject: config.subject, text: config.text }, signal)
    log.info(`Sent “${config.subject}” to ${notifier.location}. The answer: ${answer}`)
    return { answer: { kind: 'value', value: answer } }
  },
})
