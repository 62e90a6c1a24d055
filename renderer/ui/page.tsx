import type { ReactNode } from 'react'
import classes from './page.module.css'

/** A page with a title, what can be done on it, and one part that scrolls. */
export const Page = ({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) => (
  <div className={classes['page']}>
    <header className={classes['bar']}>
      <h1>{title}</h1>
      <div className={classes['actions']}>{actions}</div>
    </header>
    <div className={classes['content']}>{children}</div>
  </div>
)
