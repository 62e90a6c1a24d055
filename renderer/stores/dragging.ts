/** What an entry that is dragged out of the palette carries: the name of a task type. */
export const paletteMimeType = 'application/x-millrace-task-type'
