import { artifactsOfTaskRun, boundedArtifact, type NewArtifact } from '#core/model/artifact.ts'
import { Refused } from '#core/model/failure.ts'
import type { Masker } from '#core/world/masking/masker.ts'

/** `artifact` of a task's context: passes on what is within bounds. Masked before it is cut, since no part of a secret may stay. */
export const artifactsTo = (
  masker: Pick<Masker, 'maskJson'>,
  report: (artifact: NewArtifact) => void,
): ((artifact: NewArtifact) => void) => {
  const titles = new Set<string>()
  return (artifact) => {
    if (artifact.title.trim() === '') throw new Refused({ code: 'bug', message: 'An artifact needs a title.' })
    if (artifact.kind === 'link' && !/^https?:\/\//i.test(artifact.url))
      throw new Refused({
        code: 'invalid',
        message: `“${artifact.url}” is no web address that an artifact can lead to.`,
      })
    titles.add(artifact.title)
    if (titles.size > artifactsOfTaskRun)
      throw new Refused({ code: 'limit', message: `A task run leaves at most ${artifactsOfTaskRun} artifacts.` })
    report(boundedArtifact(masker.maskJson(artifact)))
  }
}
