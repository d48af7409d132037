// A hundred URLs as programs meet them: [input] or [input, base].

export type UrlInput = readonly [input: string, base?: string]

const short: UrlInput[] = [
  'https://example.com',
  'https://example.com/',
  'http://localhost:3000',
  'http://localhost:8080/',
  'http://127.0.0.1:8080/health',
  'https://nodejs.org/en',
  'https://github.com/nodejs/node',
  'https://www.wikipedia.org/',
  'https://news.ycombinator.com/news',
  'ws://localhost:9229/devtools',
  'wss://echo.websocket.events/',
  'https://t.co/AbCdEf',
  'https://api.example.com/v1/users/42',
  'ftp://ftp.gnu.org/gnu/',
  'http://10.0.0.12/metrics',
].map(input => [input])

const paths: UrlInput[] = [
  'https://developer.mozilla.org/en-US/docs/Web/API/URL/URL',
  'https://github.com/nodejs/node/blob/main/doc/api/url.md#url-strings-and-url-objects',
  'https://packages.example.org/fast-check/-/fast-check-4.0.0.tgz',
  'https://cdn.jsdelivr.net/npm/react@18.2.0/umd/react.production.min.js',
  'https://en.wikipedia.org/wiki/Uniform_Resource_Identifier#Syntax',
  'https://stackoverflow.com/questions/3561493/is-there-a-regexp-escape-function-in-javascript',
  'https://www.nytimes.com/2024/03/14/technology/some-article-with-a-long-headline-in-it.html',
  'https://s3.eu-central-1.amazonaws.com/bucket-name/folder/sub/object-key-0001.parquet',
  'https://raw.githubusercontent.com/web-platform-tests/wpt/master/url/resources/urltestdata.json',
  'https://storage.googleapis.com/some-project.appspot.com/uploads/2024/01/31/IMG_20240131_120301.jpg',
  'https://docs.python.org/3/library/urllib.parse.html#module-urllib.parse',
  'https://pkg.go.dev/net/url#URL.ResolveReference',
  'https://crates.io/crates/url/2.5.0/dependencies',
  'https://www.rfc-editor.org/rfc/rfc3986.html#section-5.2.4',
  'https://doc.rust-lang.org/std/string/struct.String.html#method.from_utf8_lossy',
  'https://my-service.my-namespace.svc.cluster.local:8443/apis/apps/v1/namespaces/default/deployments/web',
  'https://play.google.com/store/apps/details/reviews',
  'https://www.example.co.uk/shop/products/kitchen/knives/chef/20cm/1234567',
  'https://images.example.com:5000/v2/library/alpine/manifests/sha256:0123456789abcdef0123456789abcdef',
  'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
].map(input => [input])

const queries: UrlInput[] = [
  'https://www.google.com/search?q=url+parser+typescript&hl=en&source=hp&ei=abcdef123456&start=10',
  'https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PL0123456789ABCDEF&index=7&t=42s',
  'https://example.com/?utm_source=newsletter&utm_medium=email&utm_campaign=spring_sale&utm_content=header',
  'https://api.example.com/v2/items?filter[status]=active&filter[type]=a,b&page[number]=3&page[size]=50&sort=-created_at',
  'https://maps.example.com/maps/api/geocode/json?address=1600+Amphitheatre+Parkway&key=AIzaSyA-0123456789_abcdefghij',
  'https://www.amazon.com/dp/B08N5WRWNW/ref=sr_1_3?crid=2M096C61O4MLT&keywords=laptop&qid=1700000000&sprefix=lap%2Caps%2C200&sr=8-3',
  'https://login.example.com/oauth2/authorize?client_id=0oa1b2c3d4e5f6&response_type=code&scope=openid%20profile&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback&state=xyz123',
  'https://bucket.s3.amazonaws.com/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20240101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20240101T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  'https://www.linkedin.com/jobs/search/?currentJobId=3712345678&f_TPR=r86400&keywords=engineer&location=Berlin',
  'https://analytics.example.com/collect?v=2&tid=G-ABCDEF&gtm=45je42&_p=123456&cid=987.654&ul=en-us&sr=1920x1080&uaa=x86&uab=64&_s=1&sid=1700000000&sct=3&seg=1&dl=https%3A%2F%2Fexample.com%2F&dt=Home&en=page_view',
  'https://api.github.com/repos/nodejs/node/issues?state=open&per_page=100&page=2',
  'https://api.twitter.com/2/tweets/search/recent?query=from%3Anodejs&max_results=100&tweet.fields=created_at,public_metrics',
  'http://localhost:9200/_search?pretty&size=0',
  'https://graph.facebook.com/v19.0/me?fields=id,name,email,picture&access_token=EAAB0123456789',
  'https://www.booking.com/hotel/de/some-hotel.html?checkin=2024-05-01;checkout=2024-05-04;group_adults=2#availability',
  'https://example.org/a?b=c#d',
  'https://example.org/?x=1&y=2&z=3',
  'https://prometheus.example.net/api/v1/query_range?query=rate(http_requests_total[5m])&start=1700000000&end=1700003600&step=15',
  'https://cdn.example.com/img/photo.jpg?w=640&h=480&fit=crop&auto=format&q=75',
  'https://search.example.com/find?q=%E6%97%A5%E6%9C%AC%E8%AA%9E&lang=ja',
].map(input => [input])

const encoded: UrlInput[] = [
  'https://de.wikipedia.org/wiki/Stra%C3%9Fe',
  'https://ja.wikipedia.org/wiki/%E3%83%A1%E3%82%A4%E3%83%B3%E3%83%9A%E3%83%BC%E3%82%B8',
  'https://example.com/files/My%20Document%20(final).pdf',
  'https://example.com/files/My Document (final).pdf',
  'https://example.com/search?q=hello world',
  'https://ru.wikipedia.org/wiki/Заглавная_страница',
  'https://example.com/caf\u00e9?drink=\u00e9spresso',
  'https://example.com/a%2Fb%2Fc',
  'https://example.com/#/route/with spaces',
  'https://example.com/tags/c%23/c%2B%2B',
].map(input => [input])

const hosts: UrlInput[] = [
  'http://[::1]:3000/',
  'http://[2001:db8::ff00:42:8329]/path',
  'https://[fe80::1ff:fe23:4567:890a]:8443/status?full=1',
  'http://192.168.0.1/admin/index.html',
  'http://172.16.254.1:9090/graph',
  'https://m\u00fcnchen.de/rathaus',
  'https://xn--mnchen-3ya.de/rathaus',
  'https://\u4f8b\u5b50.\u6d4b\u8bd5/',
  'https://user:secret@git.example.com/group/repo.git',
  'https://token@api.example.com/',
  'HTTPS://WWW.EXAMPLE.COM/Path',
  'https://Example.Com:443/index.html',
  'http://a.b.c.d.e.f.example.org:80/x',
].map(input => [input])

const relative: UrlInput[] = [
  ['/about', 'https://example.com/'],
  ['/api/users?page=2', 'http://localhost:3000'],
  ['../images/logo.png', 'https://example.com/docs/guide/index.html'],
  ['./style.css', 'https://example.com/assets/main.html'],
  ['page2.html', 'https://example.com/chapters/page1.html'],
  ['?page=3', 'https://example.com/list?page=2'],
  ['#section-2', 'https://example.com/doc.html#section-1'],
  ['//cdn.example.net/lib.js', 'https://example.com/'],
  ['../../a/b/c', 'https://example.com/x/y/z/w'],
  ['/', 'https://example.com/deep/path/here?with=query'],
  ['https://other.example.org/x', 'https://example.com/'],
  ['', 'https://example.com/same?x#y'],
]

const others: UrlInput[] = [
  ['file:///home/user/project/src/index.ts'],
  ['file:///C:/Users/someone/Documents/report.docx'],
  ['file:///usr/share/doc/a%20file%20with%20spaces.txt'],
  ['./util.js', 'file:///home/user/project/src/index.js'],
  ['../package.json', 'file:///home/user/project/src/index.js'],
  ['mailto:someone@example.com'],
  ['data:text/plain;base64,SGVsbG8sIFdvcmxkIQ=='],
  ['blob:https://example.com/9115d58c-bcda-ff47-86e5-083e9a215304'],
  ['node:fs'],
  ['postgres://user:pass@db.example.com:5432/app?sslmode=require'],
]

export const realWorldUrls: readonly UrlInput[] = [
  ...short,
  ...paths,
  ...queries,
  ...encoded,
  ...hosts,
  ...relative,
  ...others,
]
