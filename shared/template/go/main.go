// Command template renders the Go templates of one object. It is compiled to WebAssembly and knows nothing but its request:
// its host gives it no files, no environment and no network, and decides on clock and chance.
package main

import (
	"runtime/debug"
	// The zones of the world are part of the program, as it has no file system to look them up in.
	_ "time/tzdata"
)

// softMemoryLimit has garbage collected more often before the host refuses memory, which ends the program.
const softMemoryLimit = 48 << 20

// main renders one request. A fresh instance of the program runs for each, so nothing outlives an object.
func main() {
	debug.SetMemoryLimit(softMemoryLimit)
	request := make([]byte, inputSize())
	readInput(request)
	answer := render(decodeRequest(request))
	writeOutput(encodeAnswer(answer))
}
