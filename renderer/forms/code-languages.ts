import { javascript } from '@codemirror/lang-javascript'
import { python } from '@codemirror/lang-python'
import { keywordCompletionSource, PostgreSQL, sql } from '@codemirror/lang-sql'
import { yaml } from '@codemirror/lang-yaml'
import type { CompletionSource } from '@codemirror/autocomplete'
import type { Extension } from '@codemirror/state'
import type { CodeLanguage } from './code-names.ts'

// DuckDB's SQL is closest to PostgreSQL's.
const extensions: Readonly<Record<CodeLanguage, Extension>> = {
  sql: sql({ dialect: PostgreSQL }),
  python: python(),
  javascript: javascript(),
  yaml: yaml(),
  text: [],
}

export const extensionOf = (language: CodeLanguage): Extension => extensions[language]

export const keywordsOf = (language: CodeLanguage): readonly CompletionSource[] =>
  language === 'sql' ? [keywordCompletionSource(PostgreSQL, true)] : []
