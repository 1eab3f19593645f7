package main

import "unsafe"

//go:wasmimport signet input_size
func inputSize() int32

//go:wasmimport signet read_input
func hostReadInput(target unsafe.Pointer)

//go:wasmimport signet write_output
func hostWriteOutput(source unsafe.Pointer, length int32)

//go:wasmimport signet write_outline
func hostWriteOutline(source unsafe.Pointer, length int32)

// begin tells the host which template, counted in the order of the request, is parsed or rendered now: who is stopped cannot say it.
//
//go:wasmimport signet begin
func begin(index int32)

func readInput(target []byte) {
	hostReadInput(unsafe.Pointer(unsafe.SliceData(target)))
}

func writeOutput(source []byte) {
	hostWriteOutput(unsafe.Pointer(unsafe.SliceData(source)), int32(len(source)))
}

func writeOutline(source []byte) {
	hostWriteOutline(unsafe.Pointer(unsafe.SliceData(source)), int32(len(source)))
}
