package main

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
)

// cause is why a template fails. The numbers are part of the protocol.
type cause int

const (
	causeSyntax cause = iota + 1
	causeUnknownFunction
	causeFunction
	causeMissing
	causeValue
	causeOutput
	causeDepth
)

// failure tells where a template fails and why. Texts of errors never get here, since they quote what was evaluated: all
// that is told comes from the source of the template.
type failure struct {
	cause cause
	// line and column count from 1; 0 when unknown.
	line, column int
	// subject is the name of a function, or the path of a missing value; empty when unknown.
	subject string
}

func (f *failure) Error() string { return "failure" }

var errOutput = &failure{cause: causeOutput}

// templateName stands in front of every text of an error, which is how places are found in them.
const templateName = "template"

// absentFunctions are functions that people expect here because sprig or helm has them. Other unknown names are not told.
var absentFunctions = []string{
	"env", "expandenv", "getHostByName", "include", "tpl", "lookup", "required", "toYaml", "fromYaml", "toToml", "fromJsonArray",
	"fromYamlArray",
}

func parseFailure(err error) *failure {
	line, rest := leadingNumber(err.Error(), "template: "+templateName+":")
	found := &failure{cause: causeSyntax, line: line}
	name, isQuoted := strings.CutPrefix(rest, ": function \"")
	name, isUnknown := strings.CutSuffix(name, "\" not defined")
	if isQuoted && isUnknown && slices.Contains(absentFunctions, name) {
		found.cause, found.subject = causeUnknownFunction, name
	}
	return found
}

func executionFailure(err error, places map[place]parse.Node) *failure {
	if own := (*failure)(nil); errors.As(err, &own) {
		return own
	}
	found := &failure{cause: causeValue}
	// An error of execution is known by its type: the text alone could come from a function.
	if failed := (template.ExecError{}); !errors.As(err, &failed) {
		return found
	}
	line, rest := leadingNumber(err.Error(), "template: "+templateName+":")
	offset, rest := leadingNumber(rest, ":")
	if !strings.HasPrefix(rest, ": executing ") {
		return found
	}
	found.line, found.column = line, offset+1
	switch node := places[place{line, offset}].(type) {
	case *parse.IdentifierNode:
		found.cause, found.subject = causeFunction, node.Ident
	case *parse.TemplateNode:
		if strings.Contains(rest, ": exceeded maximum template depth (") {
			found.cause = causeDepth
		}
	}
	return found
}

// leadingNumber is the number that follows `prefix` at the start of `text`, and what comes after it.
func leadingNumber(text, prefix string) (number int, rest string) {
	rest, found := strings.CutPrefix(text, prefix)
	if !found {
		return 0, text
	}
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	number, _ = strconv.Atoi(rest[:digits])
	return number, rest[digits:]
}
