import { ArrowLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import classes from './page.module.css'

type Props = {
  readonly title: string
  /** The page that this one belongs to. */
  readonly back?: { readonly title: string; readonly address: string }
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A page with a title, what can be done on it, and one part that scrolls. */
export const Page = ({ title, back, actions, children }: Props) => (
  <div className={classes['page']}>
    <header className={classes['bar']}>
      {back && (
        <a className={classes['back']} href={back.address}>
          <ArrowLeft size={16} aria-hidden />
          {back.title}
        </a>
      )}
      <h1>{title}</h1>
      <div className={classes['actions']}>{actions}</div>
    </header>
    <div className={classes['content']}>{children}</div>
  </div>
)
