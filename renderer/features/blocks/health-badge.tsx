import { CircleCheck, CircleDashed, CircleX, TriangleAlert, type LucideIcon } from 'lucide-react'
import type { Health } from './block-health.ts'
import classes from './health-badge.module.css'

const icons: Readonly<Record<Health['state'], LucideIcon>> = {
  good: CircleCheck,
  bad: CircleX,
  warning: TriangleAlert,
  unknown: CircleDashed,
}

export const HealthBadge = ({ health }: { health: Health }) => {
  const Icon = icons[health.state]
  return (
    <span className={classes['badge']} data-state={health.state} title={health.detail ?? undefined}>
      <Icon size={14} aria-hidden />
      {health.words}
    </span>
  )
}
