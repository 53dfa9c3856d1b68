import BeckonEngine
import Foundation
import Testing

/// The example rules do what they are examples of.
@Suite struct `Use cases` {
    private static let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "deploy/examples")

    private func harness(_ folder: String) throws -> EngineHarness {
        let path = Self.examples.appending(path: folder)
        let files = try FileManager.default.contentsOfDirectory(atPath: path.path).sorted()
        let texts = try files.map { try String(contentsOf: path.appending(path: $0), encoding: .utf8) }
        return EngineHarness(rules: texts.joined(separator: "\n---\n"))
    }

    private func rules(_ harness: EngineHarness) -> [String] {
        harness.decisions.map { String($0.split(separator: #""rule":""#)[1].prefix { $0 != "\"" }) }
    }

    @Test func `a cart that is left is a reminder, with what lies in it`() throws {
        let harness = try harness("abandonment")
        harness.at(0, "Product Added", #"{"cart_id":"c1","product_id":"p1","name":"Shoe","price":60,"quantity":1}"#)
        harness.at(5, "Product Added", #"{"cart_id":"c1","product_id":"p2","price":4.5,"quantity":2}"#)
        harness.at(6, "Product Removed", #"{"cart_id":"c1","product_id":"p9"}"#)
        harness.advance(to: 60)
        #expect(rules(harness) == ["cart-abandonment"] && harness.dueMinutes == [20])
        #expect(
            harness.data == [
                #"{"items":[{"product_id":"p1","name":"Shoe","price":60,"quantity":1},{"product_id":"p2","price":4.5,"quantity":2}],"value":69,"orders":0,"email":null}"#
            ])
        harness.at(70, "Checkout Started")
        harness.advance(to: 110)
        #expect(rules(harness) == ["cart-abandonment", "checkout-abandonment"])
        harness.at(120, "purchase")
        #expect(harness.lines(with: #""type":"converted""#).count == 2)
    }

    @Test func `a cart that is bought in time is none, nor a small one`() throws {
        let harness = try harness("abandonment")
        harness.at(0, "add_to_cart", #"{"cart_id":"c1","product_id":"p1","price":60,"quantity":1}"#)
        harness.at(14, "order_completed", #"{"total":60}"#)
        harness.at(20, "add_to_cart", #"{"cart_id":"c1","product_id":"p1","price":6,"quantity":1}"#)
        harness.advance(to: 60)
        #expect(harness.decisions == [], "the order emptied the cart")
    }

    @Test func `a silence of a week asks to come back`() throws {
        let harness = try harness("inactivity")
        harness.at(0, "login")
        harness.at(60, "order_completed", #"{"total":600}"#)
        for day in 1...31 { harness.advance(to: Double(day) * 1440 + 60) }
        #expect(rules(harness) == ["inactive-7d", "no-login-30d"])
        #expect(harness.data[1] == #"{"spent":600,"dearest":600,"email":null}"#)
    }

    @Test func `a no is followed up`() throws {
        let harness = try harness("survey")
        harness.at(0, "order_completed")
        harness.at(1, "survey_answered", #"{"survey":"helpful","answer":"yes"}"#)
        #expect(rules(harness) == ["survey"])
        harness.at(2, "survey_answered", #"{"survey":"helpful","answer":"no"}"#)
        #expect(rules(harness) == ["survey", "survey-why"])
    }

    @Test func `prices looked at in three sessions of a week`() throws {
        let harness = try harness("pricing")
        for minute in [0.0, 10, 25, 60, 70] { harness.at(minute, "page", #"{"path":"/pricing"}"#) }
        #expect(harness.decisions == [], "`page` is no page call")
        for minute in [100.0, 110, 125, 160, 170] { harness.at(minute, "page_viewed", #"{"path":"/pricing"}"#) }
        #expect(harness.decisions == [], "two sessions: the gap is 35 minutes once")
        harness.at(300, "Page Viewed", #"{"path":"/pricing"}"#)
        #expect(rules(harness) == ["pricing-thrice"])
    }

    @Test func `a trial without an integration`() throws {
        let harness = try harness("trial")
        harness.at(0, "Trial Started")
        harness.at(10, "crm_connected")
        harness.at(20, "Trial Ended")
        harness.advance(to: 3_000)
        #expect(harness.decisions == [])
        harness.at(4_000, "trial_started")
        harness.at(4_010, "trial_completed")
        harness.advance(to: 4_010 + 2_880)
        #expect(rules(harness) == ["trial-no-integration"])
        harness.at(8_000, "signed_up")
        harness.at(8_001, "project_created")
        harness.at(8_002, "slack_connected")
        harness.advance(to: 8_000 + 1_440)
        #expect(rules(harness) == ["trial-no-integration", "first-steps"])
    }

    @Test func `a nudge in the tutorial`() throws {
        let harness = try harness("tutorial")
        harness.at(0, "tutorial_step_completed", #"{"step":2}"#)
        harness.at(1, "tutorial_step_completed", #"{"step":3}"#)
        harness.at(2, "tutorial_started")
        harness.at(3, "tutorial_left")
        harness.at(4, "tutorial_opened")
        #expect(rules(harness) == ["tutorial-nudge", "tutorial-stuck"])
    }

    @Test func `a thousand spent in all`() throws {
        let harness = try harness("spending")
        for (minute, total) in [400, 599.99, 0.01, 2_000].enumerated() {
            harness.at(Double(minute), "purchase", #"{"revenue":\#(total),"order_id":\#(minute)}"#)
        }
        #expect(harness.data == [#"{"order":2,"email":null}"#])
    }
}
