// Which test exercises which entry of the seed inventory of url.

import type { Seeds } from './seeds.ts'

const members = (names: string): string[] => names.split(' ').map(name => `url.${name}`)

export const seeds: Seeds = {
  'url/behaviours.test.ts': {
    'URL-1 parses as the URL standard says': members('URL URL#constructor domainToASCII domainToUnicode'),
    'URL-2 knows the special schemes and drops their default ports': members(
      'specialScheme.http specialScheme.https specialScheme.ws specialScheme.wss specialScheme.file specialScheme.ftp URL#port',
    ),
    'URL-4 gives each part with its mark': members(
      'URL#protocol URL#search URL#hash URL#host URL#hostname URL#origin URL#username URL#password URL#pathname URL#href',
    ),
    'URL-5 is printed by the console with twelve properties': members('URL#searchParams'),
    'URL-6 becomes options of http.request': members('urlToHttpOptions'),
    'URL-7 makes a URL for a Blob, and frees it': members('URL.createObjectURL URL.revokeObjectURL'),
    'URL-8 makes a URLSearchParams from nothing, text, objects and iterables': members(
      'URLSearchParams URLSearchParams#constructor URLSearchParams#toString',
    ),
    'URL-9 gets null, the first value, or all': members(
      'URLSearchParams#get URLSearchParams#getAll URLSearchParams#has',
    ),
    'URL-10 sets in the place of the first, and removes the rest': members(
      'URLSearchParams#set URLSearchParams#delete',
    ),
    'URL-11 appends duplicates in order': members('URLSearchParams#append'),
    'URL-12 sorts by code units, and equal names stay in order': members('URLSearchParams#sort'),
    'URL-13 iterates in the order of the list': members(
      'URLSearchParams#keys URLSearchParams#values URLSearchParams#entries',
    ),
    'URL-14 splits a request target the old way': members('parse parse(parseQueryString)'),
    'goes between paths and file URLs': members('fileURLToPath pathToFileURL'),
    'formats a URL without its parts': members('format'),
  },
}
