package main

import (
	"bytes"
	"slices"
	"text/template"
	"text/template/parse"

	"github.com/Masterminds/sprig/v3"
)

// functions are sprig's without those that look at the machine.
func functions() template.FuncMap {
	known := sprig.GenericFuncMap()
	delete(known, "env")
	delete(known, "expandenv")
	delete(known, "getHostByName")
	return known
}

// source is one template, parsed and not yet run.
type source struct {
	parsed *template.Template
	walker *walker
	// names are the values that it needs, as far as it says so.
	names []string
	// failure is why it does not parse.
	failure *failure
}

// render renders each template with all values; one that fails keeps no other from being rendered. What the sources alone
// tell is handed out before the first runs: nothing that a value does can change it.
func render(asked request) []result {
	values := make(map[string]string, len(asked.values))
	for _, value := range asked.values {
		values[value.key] = value.text
	}
	known := functions()
	sources := make([]source, len(asked.templates))
	for i, one := range asked.templates {
		begin(int32(i))
		sources[i] = parseSource(one.text, known, !asked.allowsMissing)
	}
	writeOutline(encodeOutline(sources, values))
	left := asked.maxOutput
	results := make([]result, len(sources))
	for i, one := range sources {
		begin(int32(i))
		output := &limitedBuffer{left: left}
		if failed := one.run(values, output); failed != nil {
			results[i] = result{failure: failed}
			continue
		}
		left = output.left
		results[i] = result{output: output.Bytes()}
	}
	return results
}

func parseSource(text string, known template.FuncMap, checks bool) (one source) {
	defer func() {
		if recovered := recover(); recovered != nil {
			one = source{failure: &failure{cause: causeSyntax}}
		}
	}()
	parsed, err := template.New(templateName).Funcs(known).Parse(text)
	if err != nil {
		return source{failure: parseFailure(err)}
	}
	names := namesOf(parsed.Tree)
	walker := &walker{places: map[place]parse.Node{}, checks: checks}
	for _, one := range parsed.Templates() {
		walker.tree = one.Tree
		walker.list(one.Root)
	}
	// Added after parsing, so that no template can call it.
	parsed.Funcs(template.FuncMap{checkName: walker.check})
	return source{parsed: parsed, walker: walker, names: names}
}

func (s source) run(values map[string]string, output *limitedBuffer) (failed *failure) {
	if s.failure != nil {
		return s.failure
	}
	defer func() {
		if recovered := recover(); recovered != nil {
			failed = &failure{cause: causeValue}
		}
	}()
	if err := s.parsed.Execute(output, values); err != nil {
		return executionFailure(err, s.walker.places)
	}
	return nil
}

// absent are the names in the source for which there is no value, sorted.
func (s source) absent(values map[string]string) []string {
	return slices.DeleteFunc(slices.Clone(s.names), func(name string) bool {
		_, isThere := values[name]
		return isThere
	})
}

// limitedBuffer takes as many bytes as are left, and refuses more.
type limitedBuffer struct {
	bytes.Buffer
	left int
}

func (b *limitedBuffer) Write(text []byte) (int, error) {
	if len(text) > b.left {
		return 0, errOutput
	}
	b.left -= len(text)
	return b.Buffer.Write(text)
}
