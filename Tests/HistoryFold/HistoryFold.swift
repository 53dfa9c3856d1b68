import Foundation

/// Prints what the fold of a recorded history writes: `history-fold FILE`.
@main
enum HistoryFold {
    static func main() throws {
        guard CommandLine.arguments.count == 2 else {
            FileHandle.standardError.write(Data("usage: history-fold FILE\n".utf8))
            exit(2)
        }
        let history = try History(text: String(contentsOfFile: CommandLine.arguments[1], encoding: .utf8))
        let folding = try HistoryFolding(history)
        let lines = try folding.lines(of: folding.steps, hashSeed: UInt64.random(in: 0 ... .max))
        FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}
