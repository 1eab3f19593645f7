package main

import (
	"bytes"
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

// render renders each template with all values; one that fails keeps no other from being rendered.
func render(asked request) []result {
	values := make(map[string]string, len(asked.values))
	for _, value := range asked.values {
		values[value.key] = value.text
	}
	known := functions()
	left := asked.maxOutput
	results := make([]result, len(asked.templates))
	for i, source := range asked.templates {
		begin(int32(i))
		output := &limitedBuffer{left: left}
		if failed := renderOne(source.text, values, output, known, asked.allowsMissing); failed != nil {
			results[i] = result{failure: failed}
			continue
		}
		left = output.left
		results[i] = result{output: output.Bytes()}
	}
	return results
}

func renderOne(source string, values map[string]string, output *limitedBuffer, known template.FuncMap, allowsMissing bool) (failed *failure) {
	places := map[place]parse.Node{}
	defer func() {
		if recovered := recover(); recovered != nil {
			failed = &failure{cause: causeValue}
		}
	}()
	parsed, err := template.New(templateName).Funcs(known).Parse(source)
	if err != nil {
		return parseFailure(err)
	}
	walker := &walker{places: places, checks: !allowsMissing}
	for _, one := range parsed.Templates() {
		walker.tree = one.Tree
		walker.list(one.Root)
	}
	// Added after parsing, so that no template can call it.
	parsed.Funcs(template.FuncMap{checkName: walker.check})
	if err := parsed.Execute(output, values); err != nil {
		return executionFailure(err, places)
	}
	return nil
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
