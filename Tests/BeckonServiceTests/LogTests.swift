import Synchronization
import Testing

@testable import BeckonService

@Suite struct `Log lines` {
    enum Key: String, LogKey {
        case partition = "kafka.partition"
        case reason, share
        case isOwner = "owner"
        case wait
    }

    final class Lines: Sendable {
        let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
    }

    func make(_ level: LogLevel, _ format: LogFormat) -> (Log<Key>, Lines) {
        let lines = Lines()
        let take: @Sendable ([UInt8]) -> Void = { line in
            lines.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        let output = LogOutput(level: level, format: format, clock: { 1_764_001_992_345 }, sink: take)
        return (Log(output), lines)
    }

    @Test func `text is time, level, message, then metadata`() {
        let (log, lines) = make(.info, .text)
        log.warning("Partition lost", [.partition: 3, .reason: "two words", .share: 0.5, .isOwner: true])
        #expect(
            lines.all == [
                "2025-11-24T16:33:12.345Z warning  Partition lost kafka.partition=3 reason=\"two words\" share=0.5 "
                    + "owner=true\n"
            ])
    }

    @Test func `json is one object a line, numbers as numbers`() {
        let (log, lines) = make(.info, .json)
        log.info("Ready", [.partition: Int32(3), .reason: "a \"b\"", .wait: Duration.milliseconds(1_500)])
        #expect(
            lines.all == [
                "{\"time\":\"2025-11-24T16:33:12.345Z\",\"level\":\"info\",\"message\":\"Ready\",\"kafka.partition\":3,"
                    + "\"reason\":\"a \\\"b\\\"\",\"wait\":1.5}\n"
            ])
    }

    @Test(arguments: LogFormat.allCases) func `no value can forge a line or steer a terminal`(format: LogFormat) {
        let (log, lines) = make(.info, format)
        log.info("Refused", [.reason: "a\n2025 critical b\u{1B}[31m\u{85}\u{2028}\0"])
        let line = lines.all[0]
        #expect(line.dropLast().unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{85}" && $0 != "\u{2028}" })
        #expect(line.contains("\\n2025"))
    }

    @Test func `a long value is cut`() {
        let (log, lines) = make(.info, .json)
        log.info("Refused", [.reason: String(repeating: "x", count: 1 << 20)])
        #expect(lines.all[0].utf8.count < 1_200)
    }

    @Test func `metadata of a level that is off is not evaluated`() {
        let (log, lines) = make(.warning, .text)
        func trap() -> String { fatalError("evaluated") }
        log.info("Nothing", [.reason: trap()])
        #expect(lines.all.isEmpty)
    }

    @Test func `levels are ordered`() {
        #expect(LogLevel.allCases == LogLevel.allCases.sorted())
    }
}
