import type { ReactNode } from 'react'
import classes from './forms.module.css'

/**
 * Buttons under a form. Pressing one takes no focus from a field: what a field sends when it is left may move the button
 * away from under the pointer.
 */
export const FormButtons = ({ children }: { children: ReactNode }) => (
  <div role="group" className={classes['buttons']} onMouseDown={(event) => event.preventDefault()}>
    {children}
  </div>
)
