/** @module Templates as people write them, with what they print. They are deterministic, so that another engine must print the same. */

/** The values that all samples refer to. */
export const SAMPLE_VALUES: Readonly<Record<string, string>> = {
  user: 'joe',
  password: 'p@ss "word" <1>&/',
  host: 'db.shop.svc',
  port: '5432',
  empty: '',
  multi: 'line one\nline two\n',
  json: '{"host":"h","ports":[80,443],"tls":{"on":true,"name":null},"list":[],"nulls":[null],"a":{"b":null}}',
  'api.key': 'k-123',
  'api-key': 'dashed',
  version: '1.4.2',
  hosts: 'a.example,b.example,c.example',
  encoded: 'aGVsbG8=',
  spaced: '  padded  ',
  number: '42',
  flag: 'true',
  umlaut: 'Grüße, 世界',
};

/** A template and what it prints. */
export type TemplateSample = readonly [template: string, output: string];

/** Configuration files, connection strings, encodings, conditions, loops. */
export const TEMPLATE_SAMPLES: readonly TemplateSample[] = [
  ['{{ .user }}', 'joe'],
  ['user={{ .user }}\npassword={{ .password }}\n', 'user=joe\npassword=p@ss "word" <1>&/\n'],
  [
    'postgres://{{ .user }}:{{ .password | urlquery }}@{{ .host }}:{{ .port }}/app',
    'postgres://joe:p%40ss+%22word%22+%3C1%3E%26%2F@db.shop.svc:5432/app',
  ],
  ['{{ index . "api.key" }}', 'k-123'],
  ['{{ index . "api-key" }}', 'dashed'],
  ['{{ printf "%s:%s" .user .password | b64enc }}', 'am9lOnBAc3MgIndvcmQiIDwxPiYv'],
  [
    '{"auths":{"r":{"username":"{{ .user }}","password":{{ .password | toJson }}}}}',
    '{"auths":{"r":{"username":"joe","password":"p@ss \\"word\\" \\u003c1\\u003e\\u0026/"}}}',
  ],
  ['{{ .password | toRawJson }}', '"p@ss \\"word\\" <1>&/"'],
  ['{{ .password | quote }}', '"p@ss \\"word\\" <1>&/"'],
  ['{{ .user | squote }}', "'joe'"],
  ['{{ .encoded | b64dec }}', 'hello'],
  ['{{ .user | b64enc | b64enc }}', 'YW05bA=='],
  ['{{ .user | b32enc }}{{ "NJXWK===" | b32dec }}', 'NJXWK===joe'],
  ['{{ .user | sha256sum }}', '78675cc176081372c43abab3ea9fb70c74381eb02dc6e93fb6d44d161da6eeb3'],
  ['{{ .user | sha1sum }} {{ .user | adler32sum }}', '16a9a54ddf4259952e3c118c763138e83693d7fd 42205503'],
  ['{{ .user | upper }} {{ "ABC" | lower }} {{ "a b" | title }}', 'JOE abc A B'],
  ['{{ .multi | indent 4 }}', '    line one\n    line two\n    '],
  ['key: |{{ .multi | nindent 2 }}', 'key: |\n  line one\n  line two\n  '],
  ['{{ .multi | trim | replace "\\n" "," }}', 'line one,line two'],
  ['{{- if eq .flag "true" -}} on {{- else -}} off {{- end -}}', 'on'],
  ['{{ if .empty }}yes{{ else }}no{{ end }}', 'no'],
  ['{{ if .absent }}yes{{ else }}no{{ end }}', 'no'],
  ['{{ .empty | default "fallback" }}', 'fallback'],
  ['{{ .absent | default "fallback" }}', 'fallback'],
  ['{{ default "fallback" .user }}', 'joe'],
  ['{{ coalesce .empty .absent .user }}', 'joe'],
  ['{{ ternary "yes" "no" (eq .user "joe") }}', 'yes'],
  ['{{ with .user }}[{{ . }}]{{ end }}', '[joe]'],
  ['{{ with .absent }}[{{ . }}]{{ else }}none{{ end }}', 'none'],
  ['{{ range $i, $h := splitList "," .hosts }}{{ if $i }};{{ end }}{{ $h }}{{ end }}', 'a.example;b.example;c.example'],
  [
    '{{ range splitList "," .hosts }}server {{ . }};\n{{ end }}',
    'server a.example;\nserver b.example;\nserver c.example;\n',
  ],
  ['{{ .hosts | splitList "," | last }} {{ .hosts | splitList "," | first }}', 'c.example a.example'],
  ['{{ (split "," .hosts)._1 }}', 'b.example'],
  ['{{ $j := fromJson .json }}{{ $j.host }}:{{ index $j.ports 1 }}', 'h:443'],
  ['{{ (fromJson .json).tls.on }}', 'true'],
  ['{{ range (fromJson .json).ports }}{{ . }} {{ end }}', '80 443 '],
  ['{{ range (fromJson .json).list }}x{{ else }}empty{{ end }}', 'empty'],
  ['{{ dict "u" .user "p" .port | toJson }}', '{"p":"5432","u":"joe"}'],
  [
    '{{ dict "b" 1 "a" (list 1 "x" true) | toPrettyJson }}',
    '{\n  "a": [\n    1,\n    "x",\n    true\n  ],\n  "b": 1\n}',
  ],
  ['{{ $d := dict "a" "1" }}{{ $_ := set $d "b" "2" }}{{ range $k, $v := $d }}{{ $k }}={{ $v }};{{ end }}', 'a=1;b=2;'],
  ['{{ list "c" "a" "b" | sortAlpha | join "," }}', 'a,b,c'],
  ['{{ add 1 2 }} {{ mul 3 4 }} {{ div 9 2 }} {{ mod 9 2 }} {{ sub 1 5 }}', '3 12 4 1 -4'],
  ['{{ add (atoi .port) 1 }}', '5433'],
  ['{{ .number | int }} {{ .number | float64 }} {{ max 1 5 3 }} {{ min 4 2 }}', '42 42 5 2'],
  ['{{ floor 3.7 }} {{ ceil 3.2 }} {{ round 3.14159 2 }}', '3 4 3.14'],
  ['{{ len .user }} {{ len .umlaut }}', '3 15'],
  ['{{ trunc 3 .hosts }} {{ trunc -3 .hosts }} {{ abbrev 8 .hosts }}', 'a.e ple a.exa...'],
  ['{{ .umlaut | upper }} {{ substr 0 2 .user }}', 'GRÜßE, 世界 jo'],
  [
    '{{ .spaced | trim }}|{{ .spaced | trimAll " p" }}|{{ trimPrefix "db." .host }}|{{ trimSuffix ".svc" .host }}',
    'padded|added|shop.svc|db.shop',
  ],
  ['{{ .host | contains "shop" }} {{ hasPrefix "db" .host }} {{ hasSuffix "x" .host }}', 'true true false'],
  [
    '{{ regexMatch "^[a-z]+$" .user }} {{ regexFind "[0-9]+" .port }} {{ regexReplaceAll "[^a-z]" .host "-" }}',
    'true 5432 db-shop-svc',
  ],
  ['{{ regexSplit "," .hosts -1 | len }} {{ regexFindAll "[a-z]\\\\." .hosts -1 | join "" }}', '3 a.b.c.'],
  ['{{ semver .version }} {{ (semver .version).Minor }} {{ semverCompare ">=1.2.0" .version }}', '1.4.2 4 true'],
  ['{{ (urlParse "https://u:p@h.example:8443/x?q=1#f").host }}', 'h.example:8443'],
  ['{{ urlParse "https://h.example/x" | urlJoin }}', 'https://h.example/x'],
  [
    '{{ base "/etc/app/conf.yaml" }} {{ dir "/etc/app/conf.yaml" }} {{ ext "conf.yaml" }} {{ clean "/a/../b" }}',
    'conf.yaml /etc/app .yaml /b',
  ],
  [
    '{{ camelcase "http_server" }} {{ snakecase "FirstName" }} {{ kebabcase "FirstName" }}',
    'HttpServer first_name first-name',
  ],
  ['{{ repeat 3 "ab" }} {{ nospace "a b c" }} {{ cat "a" "b" }} {{ initials "First Try" }}', 'ababab abc a b FT'],
  ['{{ plural "one" "many" (len .user) }} {{ wrap 5 "a b c d e f" }}', 'many a b c\nd e f'],
  ['{{ until 5 }} {{ untilStep 2 8 3 }} {{ seq 1 4 }}', '[0 1 2 3 4] [2 5] 1 2 3 4'],
  [
    '{{ uniq (list 1 1 2) }} {{ without (list 1 2 3) 2 }} {{ has 3 (list 1 3) }} {{ chunk 2 (list 1 2 3) }}',
    '[1 2] [1 3] true [[1 2] [3]]',
  ],
  [
    '{{ append (list 1) 2 }} {{ prepend (list 1) 0 }} {{ concat (list 1) (list 2) }} {{ reverse (list 1 2) }} {{ slice (list 1 2 3) 1 }}',
    '[1 2] [0 1] [1 2] [2 1] [2 3]',
  ],
  [
    '{{ pick (dict "a" 1 "b" 2) "a" }} {{ omit (dict "a" 1 "b" 2) "a" }} {{ hasKey (dict "a" 1) "b" }} {{ get (dict "a" 1) "a" }}',
    'map[a:1] map[b:2] false 1',
  ],
  [
    '{{ merge (dict "a" 1) (dict "a" 2 "b" 3) }} {{ dig "a" "b" "none" (dict "a" (dict "b" "deep")) }}',
    'map[a:1 b:3] deep',
  ],
  [
    '{{ kindOf .user }} {{ typeOf . }} {{ kindIs "string" .user }} {{ typeIs "string" .user }}',
    'string map[string]string true true',
  ],
  ['{{ date "2006-01-02" (toDate "2006-01-02" "2025-12-31") }}', '2025-12-31'],
  ['{{ dateInZone "15:04 MST" (toDate "2006-01-02T15:04:05Z" "2025-07-01T10:00:00Z") "Europe/Berlin" }}', '12:00 CEST'],
  ['{{ duration "95" }} {{ durationRound "2h10m5s" }}', '1m35s 2h'],
  ['{{ define "row" }}<{{ . }}>{{ end }}{{ template "row" .user }}{{ template "row" .port }}', '<joe><5432>'],
  ['{{ block "b" .user }}[{{ . }}]{{ end }}', '[joe]'],
  ['{{/* a comment */}}{{ $x := .user }}{{ $x = upper $x }}{{ $x }}', 'JOE'],
  ['{{ "{{" }} literal {{ `}}` }}', '{{ literal }}'],
  ['{{ and .user .port }} {{ or .empty .host }} {{ not .flag }}', '5432 db.shop.svc false'],
  ['{{ if and (eq .user "joe") (ne .port "1") (lt 1 2) (ge 2 2) }}ok{{ end }}', 'ok'],
  [
    '{{ range $k, $v := . }}{{ if contains "api" $k }}{{ $k }}={{ $v }} {{ end }}{{ end }}',
    'api-key=dashed api.key=k-123 ',
  ],
  ['{{ html "<a>" }} {{ js "it\'s" }} {{ print 1 2 "x" }} {{ println "y" }}', "&lt;a&gt; it\\'s 1 2x y\n"],
  ['{{ derivePassword 1 "long" .password .user "example.com" | len }}', '14'],
  [
    '{{ range $i := until 3 }}{{ if eq $i 1 }}{{ continue }}{{ end }}{{ $i }}{{ end }}{{ range until 9 }}{{ if gt . 1 }}{{ break }}{{ end }}{{ . }}{{ end }}',
    '0201',
  ],
  ['{{ $.user }}{{ range list 1 }}{{ $.port }}{{ end }}', 'joe5432'],
  ['{{ toStrings (list 1 2) | join "-" }} {{ tuple 1 2 }} {{ toString 5 }} {{ ternary 1 2 false }}', '1-2 [1 2] 5 2'],
];

/** A template that prints a value that is not there, where Go prints `<no value>`, and what is named as missing. */
export type MissingSample = readonly [template: string, subject: string];

/** Every form that people write, and some that nobody does. */
export const MISSING_SAMPLES: readonly MissingSample[] = [
  ['{{ .absent }}', '.absent'],
  ['{{.absent}}', '.absent'],
  ['{{- .absent -}}', '.absent'],
  ['{{ $.absent }}', '$.absent'],
  ['{{ (.absent) }}', ''],
  ['a{{ .user }}b{{ .absent }}', '.absent'],
  ['{{ if .user }}{{ .absent }}{{ end }}', '.absent'],
  ['{{ if .absent }}{{ else }}{{ .absent }}{{ end }}', '.absent'],
  ['{{ if .absent }}{{ else if .user }}{{ .absent }}{{ end }}', '.absent'],
  ['{{ with .user }}{{ $.absent }}{{ end }}', '$.absent'],
  ['{{ with .absent }}{{ else }}{{ .absent }}{{ end }}', '.absent'],
  ['{{ range until 2 }}{{ $.absent }}{{ end }}', '$.absent'],
  ['{{ range .absent }}{{ else }}{{ .absent }}{{ end }}', '.absent'],
  ['{{ define "x" }}{{ .absent }}{{ end }}{{ template "x" . }}', '.absent'],
  ['{{ block "x" . }}{{ .absent }}{{ end }}', '.absent'],
  ['{{ template "x" }}{{ define "x" }}{{ . }}{{ end }}', ''],
  ['{{ $x := .absent }}{{ $x }}', '$x'],
  ['{{ $x := .user }}{{ $x = .absent }}{{ $x }}', '$x'],
  ['{{ $x := fromJson .json }}{{ $x.absent }}', '$x.absent'],
  ['{{ (fromJson .json).absent }}', '.absent'],
  ['{{ (fromJson .json).a.b }}', '.a.b'],
  ['{{ (fromJson .json).a.absent }}', '.a.absent'],
  ['{{ index (fromJson .json) "absent" }}', 'absent'],
  ['{{ index (fromJson .json).nulls 0 }}', ''],
  ['{{ fromJson "null" }}', ''],
  ['{{ coalesce .absent .empty }}', ''],
  ['{{ (dict "a" nil).a }}', '.a'],
  ['{{ get (dict "a" nil) "a" }}', ''],
  ['{{ first list }}', ''],
  ['{{ .absent | default nil }}', ''],
  ['{{ ternary nil 1 true }}', ''],
  ['{{ and .absent "x" }}', ''],
  ['{{ or .absent nil }}', ''],
];

/** In a map of texts Go takes a missing key for an empty text, and prints nothing. */
export const SILENT_SAMPLES: readonly MissingSample[] = [
  ['{{ index . "absent" }}', 'absent'],
  ['{{ index $ "no.key" }}', 'no.key'],
  ['{{ $all := . }}{{ index $all "absent" }}', 'absent'],
  ['{{ range until 1 }}{{ index $ "absent" }}{{ end }}', 'absent'],
  ['{{ $k := "absent" }}{{ index . $k }}', ''],
];

const CANDIDATES = [...'abcdefghijklmnopqrstuvwxyz0123456789-_/!~'];

/** An attack: one template for each of `length` characters of value `name`, with a line for each candidate, on which it fails. */
export function spellingTemplates(name: string, length: number): Readonly<Record<string, string>> {
  const templates = Array.from({ length }, (_, at): [string, string] => {
    const lines = CANDIDATES.map((candidate) => `{{ if eq $c "${candidate}" }}{{ fail "x" }}{{ end }}`);
    return [`c${at}`, [`{{ $c := substr ${at} ${at + 1} .${name} }}`, ...lines].join('\n')];
  });
  return Object.fromEntries(templates);
}
