module signet.dev/test/support/ssh-server

go 1.25.0

require golang.org/x/crypto v0.49.0

require golang.org/x/sys v0.42.0 // indirect
