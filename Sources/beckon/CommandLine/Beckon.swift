import Glibc

@main
enum Beckon {
    static func main() {
        // Not `exit`: a client that hung was left behind on its thread, and the libraries' exit handlers would take from it what
        // it still uses. All that is written has been written: nothing here buffers.
        _exit(Program.run(Array(CommandLine.arguments.dropFirst())))
    }
}
