import { Button, Checkbox, Loader } from '@mantine/core'
import { CircleCheck, CircleX, Send } from 'lucide-react'
import { useState } from 'react'
import type { Block, BlockTypeSummary, TestStage } from '#core/model/block.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { formatAgo, formatDuration, formatMoment, formatSeconds } from '#renderer/ui/format.ts'
import { useNow } from '#renderer/ui/use-now.ts'
import { isStale } from './block-health.ts'
import { cancelTest, sendTestMessage, testBlock, useBlockTests, type RunningTest } from './block-tests.ts'
import classes from './block-test.module.css'

type StageProps = {
  readonly stage: TestStage
  /** Takes what the stage offers; null while that cannot be done. */
  readonly take: (() => void) | null
}

const Stage = ({ stage: { stage, ok, duration, message, remedy, offer }, take }: StageProps) => {
  const Icon = ok ? CircleCheck : CircleX
  return (
    <li data-ok={ok}>
      <Icon size={16} aria-label={ok ? 'Passed' : 'Failed'} />
      <div className={classes['words']}>
        <strong>{stage}</strong>
        <span>{message}</span>
        {remedy !== undefined && <span className={classes['remedy']}>{remedy}</span>}
        {offer && take && (
          <Button className={classes['offer'] ?? ''} size="compact-sm" variant="default" onClick={take}>
            {offer.title}
          </Button>
        )}
      </div>
      <span className={classes['time']}>{formatDuration(duration)}</span>
    </li>
  )
}

/** What goes on after the last stage that has ended. */
const Going = ({ startedAt }: { startedAt: number }) => {
  const now = useNow(true)
  return (
    <li>
      <Loader size={14} />
      <div className={classes['words']}>Testing …</div>
      <span className={classes['time']}>{formatSeconds(now - startedAt)}</span>
    </li>
  )
}

const headOf = (test: RunningTest | undefined, block: Block, now: number): string => {
  if (test?.state === 'running') return 'Testing now'
  if (test?.state === 'cancelled') return 'Cancelled'
  if (!block.lastTest) return 'Not tested yet'
  const { passed, at } = block.lastTest
  return `${passed ? 'Passed' : 'Failed'} ${formatAgo(at, now)}${isStale(block) ? ', before it was changed' : ''}`
}

/** One message to those whom the block reaches, to see that it does. */
const TestMessage = ({ block }: { block: Block }) => {
  const { engine } = useWorld()
  const message = useBlockTests((state) => state.messages.get(block.id))
  return (
    <div className={classes['message']}>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<Send size={14} />}
        loading={message?.state === 'sending'}
        onClick={() => void sendTestMessage(engine, block)}
      >
        Send a test message
      </Button>
      <span role="status">
        {message?.state === 'sent' && `Taken by ${message.sent.location}. ${message.sent.answer}`}
        {message?.state === 'refused' && <span className={classes['refusal']}>{message.failure.message}</span>}
      </span>
    </div>
  )
}

type HeadProps = { readonly block: Block; readonly test: RunningTest | undefined; begin(): void }

const Head = ({ block, test, begin }: HeadProps) => {
  const now = useNow(true, 10_000)
  return (
    <header>
      <h2>Test</h2>
      <span
        className={classes['state']}
        role="status"
        title={block.lastTest ? formatMoment(block.lastTest.at) : undefined}
      >
        {headOf(test, block, now)}
      </span>
      {test?.state === 'running' ? (
        <Button size="compact-sm" variant="default" onClick={() => cancelTest(block)}>
          Cancel
        </Button>
      ) : (
        <Button size="compact-sm" onClick={begin}>
          Test connection
        </Button>
      )}
    </header>
  )
}

/** Whether the block works, stage by stage, live or as it was the last time. */
export const BlockTest = ({ block, type }: { block: Block; type: BlockTypeSummary }) => {
  const { engine } = useWorld()
  const test = useBlockTests((state) => state.tests.get(block.id))
  const [write, setWrite] = useState(false)
  const isRunning = test?.state === 'running'
  const stages = test ? test.stages : (block.lastTest?.stages ?? [])
  return (
    <section className={classes['test']} aria-label="Test">
      <Head block={block} test={test} begin={() => void testBlock(engine, block, { write })} />
      {type.triesWriting && (
        <Checkbox
          size="xs"
          label="Also write something small, and take it away again"
          checked={write}
          disabled={isRunning}
          onChange={(event) => setWrite(event.currentTarget.checked)}
        />
      )}
      {test?.failure && (
        <p role="alert" className={classes['refusal']}>
          {test.failure.message}
        </p>
      )}
      {(stages.length > 0 || isRunning) && (
        <ol className={classes['stages']} aria-label="Stages of the test">
          {stages.map((stage, index) => (
            <Stage
              key={index}
              stage={stage}
              take={isRunning ? null : () => void testBlock(engine, block, { write, create: true })}
            />
          ))}
          {isRunning && <Going startedAt={test.startedAt} />}
        </ol>
      )}
      {type.capabilities.includes('notify') && <TestMessage block={block} />}
    </section>
  )
}
