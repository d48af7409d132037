import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { URL, URLSearchParams } from '../../../src/url/index.ts'
import { isCanonicalForm, parseForm } from '../../../src/url/search-params/form-urlencoded.ts'

describe('the text of a query', () => {
  const texts: readonly [text: string, pairs: readonly (readonly [string, string])[], back: string][] = [
    ['', [], ''],
    ['&&', [], ''],
    ['=', [['', '']], '='],
    ['a', [['a', '']], 'a='],
    ['a=b=c', [['a', 'b=c']], 'a=b%3Dc'],
    ['a+b=c%20d', [['a b', 'c d']], 'a+b=c+d'],
    ['%zz=%4', [['%zz', '%4']], '%25zz=%254'],
    ['%C3%A9=é', [['é', 'é']], '%C3%A9=%C3%A9'],
    ['%FF', [['\ufffd', '']], '%EF%BF%BD='],
    // Node up to 26 takes the low bytes of the code units here.
    ['é=%FF%', [['é', '\ufffd%']], '%C3%A9=%EF%BF%BD%25'],
    ['%EF%BB%BFa', [['\ufeffa', '']], '%EF%BB%BFa='],
    ["~'()*-._!", [["~'()*-._!", '']], '%7E%27%28%29*-._%21='],
    ['\ud800', [['\ufffd', '']], '%EF%BF%BD='],
    ['a=%2f', [['a', '/']], 'a=%2F'],
    [
      'a=%2B&b=%2F',
      [
        ['a', '+'],
        ['b', '/'],
      ],
      'a=%2B&b=%2F',
    ],
  ]
  for (const [text, pairs, back] of texts) {
    it(`${JSON.stringify(text)} has ${pairs.length} pairs`, () => {
      const params = new URLSearchParams(text)
      assert.equal(`${params}`, back)
      assert.deepEqual([...params], pairs)
      assert.equal(`${params}`, back)
    })
  }

  it('is canonical just where parsing and formatting give it back', () => {
    const piece = fc.constantFrom(
      'a',
      '=',
      '&',
      '%',
      '2',
      'F',
      'f',
      '+',
      '%2F',
      '%41',
      '%20',
      '%7E',
      '*',
      'é',
      '%C3%A9',
    )
    fc.assert(
      fc.property(fc.array(piece), pieces => {
        const text = pieces.join('')
        const pairs: [string, string][] = []
        const list = parseForm(text)
        for (let i = 0; i < list.length; i += 2) pairs.push([list[i] as string, list[i + 1] as string])
        const back = `${new URLSearchParams(pairs)}`
        if (isCanonicalForm(text)) assert.equal(back, text)
        else if (!text.includes('%C3')) assert.notEqual(back, text)
      }),
      { numRuns: 3000 },
    )
  })
})

describe('the link with a URL', () => {
  it('writes every change into the URL', () => {
    const url = new URL('http://a/b?c=d#e')
    const params = url.searchParams
    assert.equal(url.searchParams, params)
    params.append('f', ' ')
    assert.equal(url.href, 'http://a/b?c=d&f=+#e')
    params.set('c', '1')
    assert.equal(url.search, '?c=1&f=+')
    params.delete('f')
    assert.equal(url.toString(), 'http://a/b?c=1#e')
    params.delete('c')
    assert.equal(url.toJSON(), 'http://a/b#e')
    params.append('z', '1')
    params.append('y', '2')
    params.sort()
    assert.equal(url.search, '?y=2&z=1')
  })

  it('reads what is assigned to the URL', () => {
    const url = new URL('http://a/?b=c')
    const params = url.searchParams
    url.search = '?d=e'
    assert.equal(`${params}`, 'd=e')
    url.href = 'http://a/?f'
    assert.deepEqual([...params], [['f', '']])
    params.append('g', 'h')
    url.search = ''
    assert.equal(params.size, 0)
    assert.equal(url.href, 'http://a/')
  })

  it('keeps a pending change when another part is set', () => {
    const url = new URL('http://a/?b=c')
    url.searchParams.append('d', 'e')
    url.hash = 'f'
    url.pathname = '/g'
    assert.equal(url.href, 'http://a/g?b=c&d=e#f')
  })

  it('does not touch the query before a change', () => {
    const url = new URL("http://a/?b=c d&e='")
    assert.equal(url.searchParams.get('b'), 'c d')
    assert.equal(url.search, '?b=c%20d&e=%27')
  })

  it('is followed by an iterator that is under way', () => {
    const url = new URL('http://a/?a=1&b=2&c=3')
    const seen: string[] = []
    for (const [name] of url.searchParams) {
      seen.push(name)
      if (name === 'a') url.search = '?x=1&y=2&z=3'
    }
    assert.deepEqual(seen, ['a', 'y', 'z'])
  })
})

describe('arguments', () => {
  it("refuses a wrong this with Node's error", () => {
    for (const name of [
      'append',
      'delete',
      'get',
      'getAll',
      'has',
      'set',
      'sort',
      'entries',
      'forEach',
      'keys',
      'values',
      'toString',
    ] as const) {
      assert.throws(() => (URLSearchParams.prototype[name] as () => void).call({}), {
        code: 'ERR_INVALID_THIS',
        message: 'Value of "this" must be of type URLSearchParams',
      })
    }
    assert.throws(() => Reflect.get(URLSearchParams.prototype, 'size'), { code: 'ERR_INVALID_THIS' })
    const { next } = new URLSearchParams().keys()
    assert.throws(() => next.call({} as never), { code: 'ERR_INVALID_THIS' })
  })

  it('names the arguments that are missing', () => {
    const params = new URLSearchParams() as unknown as Record<string, (...args: unknown[]) => void>
    for (const name of ['append', 'set']) {
      assert.throws(() => params[name]?.('a'), {
        code: 'ERR_MISSING_ARGS',
        message: 'The "name" and "value" arguments must be specified',
      })
    }
    for (const name of ['delete', 'get', 'getAll', 'has']) {
      assert.throws(() => params[name]?.(), {
        code: 'ERR_MISSING_ARGS',
        message: 'The "name" argument must be specified',
      })
    }
    assert.throws(() => params['forEach']?.(1), { code: 'ERR_INVALID_ARG_TYPE' })
  })

  it('refuses what is no list of pairs', () => {
    const make = (init: unknown): URLSearchParams => new URLSearchParams(init as string)
    const tuple = { code: 'ERR_INVALID_TUPLE', message: 'Each query pair must be an iterable [name, value] tuple' }
    for (const init of [[['a']], [['a', 'b', 'c']], [null], [1], ['ab'], [{}]]) assert.throws(() => make(init), tuple)
    assert.throws(() => make({ [Symbol.iterator]: 1 }), {
      code: 'ERR_ARG_NOT_ITERABLE',
      message: 'Query pairs must be iterable',
    })
    assert.throws(() => make(Symbol('a')), TypeError)
    assert.equal(`${make(1)}`, '1=')
    assert.equal(`${make(new Set([new Set(['a', 'b'])]))}`, 'a=b')
  })

  it('takes null as the runtime does: for text, or for no pairs', () => {
    assert.equal(`${new URLSearchParams(null)}`, `${new globalThis.URLSearchParams(null as never)}`)
  })

  it('takes own enumerable keys, and the last of two that become the same text', () => {
    const record = Object.create({ inherited: '1' }, { hidden: { value: '2' } })
    record['\ud800'] = 'first'
    record['\udfff'] = 'second'
    assert.deepEqual([...new URLSearchParams(record)], [['\ufffd', 'second']])
  })
})

describe('inspection', () => {
  const texts = ['', 'a=b', 'a=b&c=d', Array.from({ length: 20 }, (_, i) => `name${i}=value${i}`).join('&')]
  for (const text of texts) {
    it(`prints ${text.length} characters of query as the built-in does`, () => {
      const own = new URLSearchParams(text)
      const theirs = new globalThis.URLSearchParams(text)
      for (const options of [{}, { depth: 0 }, { depth: -1 }, { colors: true }, { breakLength: 5 }]) {
        assert.equal(inspect(own, options), inspect(theirs, options))
        assert.equal(inspect({ a: own }, options), inspect({ a: theirs }, options))
        for (const name of ['keys', 'values', 'entries'] as const) {
          assert.equal(inspect(own[name](), options), inspect(theirs[name](), options))
        }
      }
    })
  }
})
