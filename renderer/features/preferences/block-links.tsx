import { addressOf } from '#renderer/stores/navigation.ts'

/** Secret fields, `block:type/name#field`, each a way to its block. */
export const BlockLinks = ({ references }: { references: readonly string[] }) =>
  references.map((reference, index) => (
    <span key={reference}>
      {index > 0 && ', '}
      <a href={addressOf({ page: 'block', reference: reference.split('#')[0] ?? '' })}>
        {reference.replace('block:', '')}
      </a>
    </span>
  ))
