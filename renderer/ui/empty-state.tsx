import type { ReactNode } from 'react'
import type { LucideIcon } from 'lucide-react'
import classes from './empty-state.module.css'

/** What a page is for, while there is nothing on it, and the one next step. */
export const EmptyState = (props: { icon: LucideIcon; title: string; text: string; children?: ReactNode }) => {
  const { icon: Icon, title, text, children } = props
  return (
    <div className={classes['empty']}>
      <Icon size={28} aria-hidden strokeWidth={1.5} />
      <h2>{title}</h2>
      <p>{text}</p>
      {children}
    </div>
  )
}
