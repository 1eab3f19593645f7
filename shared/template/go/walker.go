package main

import (
	"reflect"
	"strconv"
	"strings"
	"text/template/parse"
)

const checkName = "signetCheck"

// place is a line, from 1, and an offset in it, from 0, as errors of execution tell them.
type place struct{ line, offset int }

// walker notes where functions are called, and has every printing action check what it is about to print: Go prints
// `<no value>` for what is not there. Conditions, assignments and arguments go on as they are, so `default` and `if` work.
type walker struct {
	tree   *parse.Tree
	places map[place]parse.Node
	checks bool
	// printed are the checked actions; their place here is the first argument of the check.
	printed []*failure
}

func (w *walker) list(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		w.node(node)
	}
}

func (w *walker) node(node parse.Node) {
	switch node := node.(type) {
	case *parse.ActionNode:
		w.pipe(node.Pipe)
		if w.checks && len(node.Pipe.Decl) == 0 {
			w.addCheck(node)
		}
	case *parse.IfNode:
		w.branch(&node.BranchNode)
	case *parse.RangeNode:
		w.branch(&node.BranchNode)
	case *parse.WithNode:
		w.branch(&node.BranchNode)
	case *parse.TemplateNode:
		w.note(node)
		w.pipe(node.Pipe)
	case *parse.PipeNode:
		w.pipe(node)
	case *parse.ChainNode:
		w.node(node.Node)
	case *parse.IdentifierNode:
		w.note(node)
	}
}

func (w *walker) branch(branch *parse.BranchNode) {
	w.pipe(branch.Pipe)
	w.list(branch.List)
	w.list(branch.ElseList)
}

func (w *walker) pipe(pipe *parse.PipeNode) {
	if pipe == nil {
		return
	}
	for _, command := range pipe.Cmds {
		for _, argument := range command.Args {
			w.node(argument)
		}
	}
}

func (w *walker) note(node parse.Node) {
	w.places[w.placeOf(node)] = node
}

func (w *walker) placeOf(node parse.Node) place {
	location, _ := w.tree.ErrorContext(node)
	line, rest := leadingNumber(location, templateName+":")
	offset, _ := leadingNumber(rest, ":")
	return place{line, offset}
}

func (w *walker) addCheck(action *parse.ActionNode) {
	pipe := action.Pipe
	last := pipe.Cmds[len(pipe.Cmds)-1]
	at := w.placeOf(last)
	number := len(w.printed)
	w.printed = append(w.printed, &failure{cause: causeMissing, line: at.line, column: at.offset + 1, subject: pathOf(last)})
	arguments := []parse.Node{
		parse.NewIdentifier(checkName).SetPos(action.Pos).SetTree(w.tree),
		&parse.NumberNode{NodeType: parse.NodeNumber, Pos: action.Pos, IsInt: true, Int64: int64(number), Text: strconv.Itoa(number)},
	}
	if len(pipe.Cmds) == 1 && isPlainIndex(last) {
		arguments = append(arguments, last.Args[1:]...)
	}
	pipe.Cmds = append(pipe.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: last.Pos, Args: arguments})
}

// check lets the value that is about to be printed through, unless it is none. For an action that is nothing but an index,
// its arguments come in between: in a map of texts Go takes a missing key for an empty text.
func (w *walker) check(number int, arguments ...reflect.Value) (reflect.Value, error) {
	value := arguments[len(arguments)-1]
	index := arguments[:len(arguments)-1]
	if !isThere(value) || (len(index) > 0 && !hasKeys(index[0], index[1:])) {
		return reflect.Value{}, w.printed[number]
	}
	return value, nil
}

func isThere(value reflect.Value) bool {
	return value.IsValid() && !(value.Kind() == reflect.Interface && value.IsNil())
}

// hasKeys is false when one of `keys` is looked up in a map that lacks it. What is no map is none of its business.
func hasKeys(item reflect.Value, keys []reflect.Value) bool {
	for _, key := range keys {
		for item.IsValid() && item.Kind() == reflect.Interface {
			item = item.Elem()
		}
		if !item.IsValid() || item.Kind() != reflect.Map {
			return true
		}
		for key.IsValid() && key.Kind() == reflect.Interface {
			key = key.Elem()
		}
		if !key.IsValid() || !key.Type().AssignableTo(item.Type().Key()) {
			return true
		}
		if item = item.MapIndex(key); !item.IsValid() {
			return false
		}
	}
	return true
}

// isPlainIndex is true for `index` with arguments that can be looked at twice.
func isPlainIndex(command *parse.CommandNode) bool {
	if name, ok := command.Args[0].(*parse.IdentifierNode); !ok || name.Ident != "index" || len(command.Args) < 3 {
		return false
	}
	for _, argument := range command.Args[1:] {
		switch argument.(type) {
		case *parse.DotNode, *parse.FieldNode, *parse.VariableNode, *parse.StringNode, *parse.NumberNode:
		default:
			return false
		}
	}
	return true
}

const maxKeyLength = 253

// isKey tells names that a Secret can have from other texts, which are not told.
func isKey(text string) bool {
	isOther := func(char rune) bool {
		return !strings.ContainsRune("-._abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", char)
	}
	return len(text) <= maxKeyLength && !strings.ContainsFunc(text, isOther)
}

// pathOf tells what a command looks up, as far as its source says it: `.user`, `$x.user`, or the key of an index.
func pathOf(command *parse.CommandNode) string {
	switch first := command.Args[0].(type) {
	case *parse.FieldNode:
		return "." + strings.Join(first.Ident, ".")
	case *parse.VariableNode:
		return strings.Join(first.Ident, ".")
	case *parse.ChainNode:
		return "." + strings.Join(first.Field, ".")
	case *parse.IdentifierNode:
		if key, ok := command.Args[len(command.Args)-1].(*parse.StringNode); ok && first.Ident == "index" && isKey(key.Text) {
			return key.Text
		}
	}
	return ""
}
