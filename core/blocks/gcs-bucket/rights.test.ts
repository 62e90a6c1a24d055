import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { watchedBucket } from './testing/watched-bucket.ts'

const place = watchedBucket()
const { signal } = new AbortController()

describe('who may not', () => {
  const as = async (name: string, rights: readonly string[]) => {
    const other = place.tokens.account(name)
    place.gcs.allow(other.email, rights)
    place.storage = await place.open({}, other)
    return other
  }

  test('upload is told which right is missing, and who gives it how', async () => {
    const { email } = await as('reader', ['storage.objects.get', 'storage.objects.list'])
    const message = expect.stringContaining(
      `${email} lacks the right storage.objects.create on the bucket “lake”, or the bucket is not there. Let its owner run: gcloud storage buckets add-iam-policy-binding gs://lake --member=serviceAccount:${email} --role=roles/storage.objectUser`,
    ) as unknown
    await expect(place.put('x', 'x')).rejects.toMatchObject({ failure: { code: 'denied', message } })
  })

  test('replace is told so, and may add', async () => {
    await as('creator', ['storage.objects.create'])
    await place.put('new', 'x')
    expect(place.gcs.read('lake', 'new').toString()).toBe('x')
    await expect(place.put('new', 'y')).rejects.toMatchObject({
      failure: { code: 'denied', message: expect.stringMatching(/storage\.objects\.(get|delete)/) as unknown },
    })
    expect(place.gcs.read('lake', 'new').toString()).toBe('x')
  })

  test('list or read is told so', async () => {
    place.gcs.put('lake', 'x', 'x')
    await as('nobody', [])
    await expect(Array.fromAsync(place.storage.list('', signal))).rejects.toThrow(/storage\.objects\.list/)
    await expect(place.storage.stat('x')).rejects.toThrow(/storage\.objects\.get/)
    await expect(place.storage.delete('x')).rejects.toThrow(/storage\.objects\.delete/)
  })

  test('find the bucket is told how to make it, and it is made where that is wanted', async () => {
    place.storage = await place.open({ bucket: 'absent' })
    await expect(place.put('x', 'x')).rejects.toThrow(
      /There is no bucket “absent”.*gcloud storage buckets create gs:\/\/absent --location=EU --project=test-project/,
    )
    await expect(place.storage.stat('x')).rejects.toThrow(/There is no bucket “absent”/)
    place.storage = await place.open({ bucket: 'absent', createBucket: true })
    await place.put('x', 'x')
    expect(place.gcs.names('absent')).toEqual(['x'])
    place.storage = await place.open({ bucket: 'for-many', createBucket: true })
    writeFileSync(join(place.folder, 'source'), 'x')
    const one = { path: join(place.folder, 'source'), uploadId: 'many', signal, progress: () => undefined }
    await Promise.all(['a', 'b', 'c'].map((name) => place.storage.upload({ ...one, name })))
    expect(place.gcs.names('for-many')).toEqual(['a', 'b', 'c'])
    place.gcs.reserveBucket('taken')
    place.storage = await place.open({ bucket: 'taken', createBucket: true })
    await expect(place.put('x', 'x')).rejects.toMatchObject({ failure: { code: 'denied' } })
  })
})
