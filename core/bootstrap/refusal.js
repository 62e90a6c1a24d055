/**
 * Says on stderr what went wrong and ends.
 * @param {string} message
 * @returns {never}
 */
export const refuse = (message) => {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
