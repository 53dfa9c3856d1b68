import BeckonKafka
import BeckonModel
import BeckonService
import BeckonWorker
import Foundation

struct SystemClock: WallClock {
    func nowMs() -> Milliseconds { Int64(Date().timeIntervalSince1970 * 1000) }
}

func runWorker() throws {
    let prefix = option("prefix")
    var configuration = WorkerConfiguration(brokers: option("brokers"), events: [option("source", "\(prefix).events")], instance: option("instance", "bench"))
    configuration.group = prefix + option("group", "g")
    configuration.topics.decisions = "\(prefix).decisions"
    configuration.topics.suppressions = "\(prefix).suppressions"
    configuration.topics.outcomes = "\(prefix).outcomes"
    configuration.topics.deadLetters = "\(prefix).dead-letters"
    configuration.topics.journal = "\(prefix).journal"
    configuration.topics.environment = "\(prefix).environment"
    configuration.stateDirectory = option("state", "") == "" ? nil : option("state")
    let text = [UInt8](FileManager.default.contents(atPath: option("rules"))!)
    let rules = RuleSet.read([RuleSource(file: "shop.yaml", text: text)]).ruleSet!
    let metrics = Metrics()
    let worker = Worker(configuration, rules: rules, clock: SystemClock(), log: Log(LogOutput(level: .info, format: .text)), metrics: metrics)
    try worker.start()
    let total = Int64(option("events", "0"))!
    let started = Date()
    while worker.endedBy == nil {
        let done = worker.progress.values.map { $0.positions.values.reduce(0, +) }.reduce(0, +)
        if total > 0, done >= total { break }
        if total == 0, Date().timeIntervalSince(started) > Double(option("seconds", "30"))! { break }
        usleep(20_000)
    }
    var usage = rusage()
    getrusage(0, &usage)
    let cpu = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    fflush(nil); print("cpu \(cpu) wall \(Date().timeIntervalSince(started)) maxrss \(usage.ru_maxrss) kB; per CPU s \(Double(total) / cpu)")
    print(metrics.exposition().split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.contains("bucket") && $0.contains("worker") }.joined(separator: "\n"))
    worker.stop(); fflush(nil)
    _exit(0)
}
