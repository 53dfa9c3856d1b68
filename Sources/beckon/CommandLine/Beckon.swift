import Glibc

@main
enum Beckon {
    static func main() {
        exit(Program.run(Array(CommandLine.arguments.dropFirst())))
    }
}
