import BeckonModel
import BeckonTemplate
import Foundation
import MailServer

@testable import BeckonSender

/// Emails from a provider to a mail server of the tests.
enum SMTPStage {
    static func relay(
        _ url: String, isPlain: Bool = true, change: (inout SMTPRelay) -> Void = { _ in }
    ) throws -> SMTPRelay {
        var relay = try SMTPRelay(url: url, isPlain: isPlain, from: MailAddress("Shop <news@shop.example>"))
        relay.helloName = "sender.test"
        change(&relay)
        return relay
    }

    static func content(
        _ fields: [String: String], id: String = "d1", unsubscribeURL: String? = nil
    ) throws -> DeliveryContent {
        guard case .decision(let decision) = try DecisionTexts.read(DecisionTexts.decision(id, channel: "email")) else {
            throw CancellationError()
        }
        let all = ["to": "ann@x.example", "subject": "Hello", "text": "Hello"].merging(fields) { $1 }
        let part = RenderedPart(
            channel: "email", fields: all.sorted { $0.key < $1.key }.map { .init(name: $0.key, text: $0.value) })
        return DeliveryContent(decision: decision, record: [], part: part, unsubscribeURL: unsubscribeURL)
    }

    static func attempt(_ provider: SMTPProvider, _ content: DeliveryContent, beginsInMs: Int64 = 5_000) throws
        -> DeliveryAttempt
    {
        DeliveryAttempt(
            decision: content.decision, message: try provider.message(of: content).get(), number: 1,
            guarantee: .atLeastOnce, attemptedAtMs: DecisionTexts.dueAtMs,
            beginsBeforeMs: ProcessClock.nowMs + beginsInMs)
    }

    /// Sends one, and waits for the result.
    static func send(
        _ provider: SMTPProvider, _ fields: [String: String] = [:], id: String = "d1", beginsInMs: Int64 = 5_000
    ) throws -> DeliveryResult {
        try send(provider, content(fields, id: id), beginsInMs: beginsInMs)
    }

    static func send(_ provider: SMTPProvider, _ content: DeliveryContent, beginsInMs: Int64 = 5_000) throws
        -> DeliveryResult
    {
        let attempt = try attempt(provider, content, beginsInMs: beginsInMs)
        let finished = FinishedCalls()
        provider.start(attempt) { finished.add(0, $0) }
        return try results(finished, 1)[0]
    }

    static func results(_ finished: FinishedCalls, _ count: Int) throws -> [DeliveryResult] {
        let deadline = Date().addingTimeInterval(180)
        var results: [DeliveryResult] = []
        while Date() < deadline {
            results += finished.take().map(\.result)
            if results.count >= count { return results }
            usleep(1_000)
        }
        throw CancellationError()
    }
}
