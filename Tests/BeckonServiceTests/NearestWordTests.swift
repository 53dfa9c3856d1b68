import Testing

@testable import BeckonService

@Suite struct `Nearest word` {
    @Test(arguments: [
        ("--borkers", "--brokers"), ("worker.treads", "worker.threads"), ("WORKER.THREADS", "worker.threads"),
    ])
    func `finds a slip`(typed: String, meant: String) {
        #expect(NearestWord.to(typed, among: ["--brokers", "worker.threads", "kafka.brokers"]) == meant)
    }

    @Test func `stays silent when nothing is near`() {
        #expect(NearestWord.to("zebra", among: ["--brokers", "log.level"]) == nil)
        #expect(NearestWord.to("x", among: ["y"]) == nil)
        #expect(NearestWord.to("", among: ["a"]) == nil)
    }
}
