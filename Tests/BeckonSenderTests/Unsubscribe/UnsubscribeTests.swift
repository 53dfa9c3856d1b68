import Foundation
import Testing

@testable import BeckonSender

@Suite struct `Unsubscribe link` {
    static let key = Secret(Array(repeating: 7, count: 32))
    static let older = Secret(Array(repeating: 8, count: 32))

    func decision(person: String = "ann", messageClass: String = "marketing") throws -> Decision {
        let text = DecisionTexts.decision("d1", person: person, channel: "email")
            .replacingOccurrences(of: #""class":"marketing""#, with: #""class":"\#(messageClass)""#)
        guard case .decision(let decision) = try DecisionTexts.read(text) else { throw CancellationError() }
        return decision
    }

    func link(_ endpoint: String, key: Secret = key) throws -> UnsubscribeLink {
        try UnsubscribeLink(endpoint: endpoint, key: key)
    }

    /// The token was made with Python's hmac and base64.
    @Test func `its token is the one that the documentation describes`() throws {
        let url = try link("https://shop.example/u").url(for: decision())
        #expect(
            url == "https://shop.example/u/eyJwZXJzb24iOiJhbm4iLCJjaGFubmVsIjoiZW1haWwiLCJkZWNpc2lvbiI6ImQxIn0."
                + "vQjgDzDEaiwKUTh7uPHh-ZUhykx9CKM7h5pwNNxkGEk")
        #expect(try link("https://shop.example/u/").url(for: decision()) == url)
    }

    @Test func `the endpoint reads it, with whichever of its keys has signed it, and nothing else`() throws {
        let decision = try decision(person: "Jürgen/?+")
        let token = UnsubscribeToken(decision).signed(with: Self.older)
        let read = UnsubscribeToken.read(token, keys: [Self.key, Self.older])
        #expect(read == UnsubscribeToken(decision) && read?.person == "Jürgen/?+" && read?.channel == "email")
        #expect(UnsubscribeToken.read(token, keys: [Self.key]) == nil)
        #expect(
            token.utf8.allSatisfy {
                $0 == 0x2E || $0 == 0x2D || $0 == 0x5F || Character(.init($0)).isLetter || Character(.init($0)).isNumber
            })
        for place in token.indices {
            var bent = token
            bent.replaceSubrange(place...place, with: token[place] == "A" ? "B" : "A")
            #expect(UnsubscribeToken.read(bent, keys: [Self.older]) == nil, "\(bent)")
        }
        for text in ["", ".", "a", "a.b", token + ".", token + "=", "." + token] {
            #expect(UnsubscribeToken.read(text, keys: [Self.older]) == nil, "\(text)")
        }
    }

    @Test func `only marketing can be unsubscribed from`() throws {
        let link = try link("https://shop.example/u")
        #expect(try link.url(for: decision(messageClass: "transactional")) == nil)
        #expect(try link.url(for: decision(messageClass: "ui")) == nil)
    }

    @Test func `a link that no header's line holds is none`() throws {
        let link = try link("https://shop.example/u")
        #expect(try link.url(for: decision(person: String(repeating: "p", count: 600))) != nil)
        #expect(try link.url(for: decision(person: String(repeating: "p", count: 700))) == nil)
    }

    @Test(arguments: [
        ("http://shop.example/u", "must be https"), ("shop.example/u", "is not a URL"), ("https:///u", "is not a URL"),
        ("https://shop.example/u?x=1", "must end with its path"),
        ("https://shop.example/u#x", "must end with its path"),
        ("https://a:b@shop.example/u", "must end with its path"), ("https://shop.example/u>x", "is not a URL"),
        ("https://shop.example/ü", "is not a URL"), ("https://shop.example/\r\nx", "is not a URL"),
        ("https://shop.example/" + String(repeating: "x", count: 200), "at most 200"),
    ])
    func `an endpoint that will not do is refused in words`(_ endpoint: String, _ words: String) {
        let problem = #expect(throws: UnsubscribeProblem.self) { try link(endpoint) }
        #expect(problem?.description.contains(words) == true, "\(String(describing: problem))")
    }

    @Test func `a key is 24 to 64 bytes in base64, and does not tell itself`() {
        func key(_ count: Int) -> Secret? {
            UnsubscribeLink.key(Data(repeating: 7, count: count).base64EncodedString())
        }
        #expect(key(23) == nil && key(24) != nil && key(64) != nil && key(65) == nil)
        #expect(UnsubscribeLink.key("no base64!") == nil)
        var dumped = ""
        dump(Self.key, to: &dumped)
        for text in ["\(Self.key)", String(reflecting: Self.key), dumped] {
            #expect(!text.contains("7, 7") && !text.contains("BwcH"), "\(text)")
        }
    }
}
