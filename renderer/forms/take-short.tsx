import { Checkbox } from '@mantine/core'

export type TakeShortProps = { readonly checked: boolean; change(checked: boolean): void }

/** Beside a secret that is too short to be masked. */
export const TakeShort = ({ checked, change }: TakeShortProps) => (
  <Checkbox
    size="xs"
    label="Take the short one all the same; it will not be masked"
    checked={checked}
    onChange={(event) => change(event.currentTarget.checked)}
  />
)
