package main

import (
	"maps"
	"slices"
	"text/template/parse"
)

// namer finds the values that a template names, without running it: the same ones whatever the values are.
type namer struct {
	names map[string]bool
	// rebound counts the bodies around a node in which the dot is something else than all values.
	rebound int
}

// namesOf are the values that the source needs, sorted: those that it names, whatever branch they stand in, except where it
// can do without. In defined templates, dot and `$` are whatever the caller gives; these are left out.
func namesOf(tree *parse.Tree) []string {
	found := &namer{names: map[string]bool{}}
	if tree != nil {
		found.list(tree.Root)
	}
	return slices.Sorted(maps.Keys(found.names))
}

func (n *namer) list(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		switch node := node.(type) {
		case *parse.ActionNode:
			n.pipe(node.Pipe, false)
		case *parse.TemplateNode:
			n.pipe(node.Pipe, false)
		case *parse.IfNode:
			n.branch(&node.BranchNode, 0)
		case *parse.RangeNode:
			n.branch(&node.BranchNode, 1)
		case *parse.WithNode:
			n.branch(&node.BranchNode, 1)
		}
	}
}

func (n *namer) branch(branch *parse.BranchNode, rebinds int) {
	n.pipe(branch.Pipe, true)
	n.rebound += rebinds
	n.list(branch.List)
	n.rebound -= rebinds
	n.list(branch.ElseList)
}

// pipe takes what `pipe` names. `mayLack`: whoever gets its value can do without.
func (n *namer) pipe(pipe *parse.PipeNode, mayLack bool) {
	if pipe == nil {
		return
	}
	for i, command := range pipe.Cmds {
		isLast := i == len(pipe.Cmds)-1
		n.command(command, isLast && mayLack || !isLast && doesWithout(pipe.Cmds[i+1]))
	}
}

func (n *namer) command(command *parse.CommandNode, mayLack bool) {
	arguments := command.Args
	if len(arguments) == 1 {
		n.argument(arguments[0], mayLack)
		return
	}
	if key, ok := arguments[min(2, len(arguments)-1)].(*parse.StringNode); ok && nameOf(arguments[0]) == "index" && n.isAll(arguments[1]) {
		n.add(key.Text, mayLack)
		arguments = arguments[3:]
	}
	mayLack = doesWithout(command) || mayLack && passesOn(command)
	for _, argument := range arguments {
		n.argument(argument, mayLack)
	}
}

func (n *namer) argument(node parse.Node, mayLack bool) {
	switch node := node.(type) {
	case *parse.FieldNode:
		if n.rebound == 0 {
			n.add(node.Ident[0], mayLack)
		}
	case *parse.VariableNode:
		if node.Ident[0] == "$" && len(node.Ident) > 1 {
			n.add(node.Ident[1], mayLack)
		}
	case *parse.ChainNode:
		n.argument(node.Node, mayLack)
	case *parse.PipeNode:
		n.pipe(node, mayLack)
	}
}

// isAll is true for the map of all values.
func (n *namer) isAll(node parse.Node) bool {
	if variable, ok := node.(*parse.VariableNode); ok {
		return len(variable.Ident) == 1 && variable.Ident[0] == "$"
	}
	_, isDot := node.(*parse.DotNode)
	return isDot && n.rebound == 0
}

func (n *namer) add(name string, mayLack bool) {
	if !mayLack && name != "" && isKey(name) {
		n.names[name] = true
	}
}

// doesWithout is true for a command that gives something in the place of a value that is not there.
func doesWithout(command *parse.CommandNode) bool {
	name := nameOf(command.Args[0])
	if name == "default" && len(command.Args) > 1 {
		switch command.Args[1].(type) {
		case *parse.StringNode, *parse.NumberNode, *parse.BoolNode:
			return true
		}
	}
	return name == "empty" || name == "not"
}

// passesOn is true for a command whose own value may be one that is not there.
func passesOn(command *parse.CommandNode) bool {
	return slices.Contains([]string{"and", "or", "coalesce"}, nameOf(command.Args[0]))
}

func nameOf(node parse.Node) string {
	if identifier, ok := node.(*parse.IdentifierNode); ok {
		return identifier.Ident
	}
	return ""
}
