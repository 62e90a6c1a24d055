import { CircleQuestionMark, type LucideProps } from 'lucide-react'
import { icons } from './icons.ts'

/** An icon by the name that definitions give it. */
export const TaskIcon = ({ name, size = 18, ...rest }: { name: string } & Omit<LucideProps, 'name'>) => {
  const Icon = icons[name] ?? CircleQuestionMark
  return <Icon size={size} strokeWidth={1.75} aria-hidden {...rest} />
}
