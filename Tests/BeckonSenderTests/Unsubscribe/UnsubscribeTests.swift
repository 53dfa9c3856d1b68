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

    /// The token was made with Python's `cryptography`, as the documentation describes it; the nonce with its hmac.
    @Test func `its token is the one that the documentation describes`() throws {
        let url = try link("https://shop.example/u").url(for: decision())
        #expect(
            url
                == "https://shop.example/u/AYIiCK-Gick4JGuS_aiu5-1Plum_KBbvENwwwrhV37YpiyYTBSbfieGMb0RIV4sXbs6wGVvB50TyYais80"
                + "a4MHlegbJMwFy7-OPdEW2a5A")
        #expect(try link("https://shop.example/u/").url(for: decision()) == url)
        #expect(try link("https://shop.example/u").url(for: decision()) == url, "a second attempt says the same")
    }

    @Test func `it tells nobody who the person is`() throws {
        let tokens = try ["ann", "bob"].map { UnsubscribeToken(try decision(person: $0)).sealed(with: .init(Self.key)) }
        #expect(tokens[0].count == tokens[1].count && tokens[0].prefix(16) != tokens[1].prefix(16))
        for token in tokens {
            let padded = token.replacing("-", with: "+").replacing("_", with: "/") + String(repeating: "=", count: 3)
            let bytes = try #require(Data(base64Encoded: String(padded.prefix((token.count + 3) / 4 * 4))))
            for word in ["ann", "bob", "email", "person", "d1"] {
                #expect(bytes.range(of: Data(word.utf8)) == nil && !token.contains(word), "\(word)")
            }
        }
    }

    @Test func `the endpoint reads it, with whichever of its keys has sealed it, and nothing else`() throws {
        let decision = try decision(person: "Jürgen/?+")
        let token = UnsubscribeToken(decision).sealed(with: .init(Self.older))
        let read = UnsubscribeToken.read(token, keys: [Self.key, Self.older])
        #expect(read == UnsubscribeToken(decision) && read?.person == "Jürgen/?+" && read?.channel == "email")
        #expect(UnsubscribeToken.read(token, keys: [Self.key]) == nil)
        #expect(UnsubscribeToken.read(token, keys: []) == nil)
        #expect(token.utf8.allSatisfy { "-_".utf8.contains($0) || Character(.init($0)).isLetter || $0.isNumeral })
        for place in token.indices {
            var bent = token
            bent.replaceSubrange(place...place, with: token[place] == "A" ? "B" : "A")
            #expect(UnsubscribeToken.read(bent, keys: [Self.older]) == nil, "\(bent)")
        }
        for count in 0..<token.count {
            #expect(UnsubscribeToken.read(String(token.prefix(count)), keys: [Self.older]) == nil, "\(count) letters")
        }
        for text in [".", "a.b", token + ".", token + "=", token + "A", "." + token, "é" + token] {
            #expect(UnsubscribeToken.read(text, keys: [Self.older]) == nil, "\(text)")
        }
    }

    /// Made with Python's `cryptography` under the same key.
    @Test func `it reads what others have sealed as documented, and no other form`() {
        let foreign =
            "AQABAgMEBQYHCAkKC0OdjnvkvniEBd7v7nLNqkjx4RcOliC7DufAQ11r6_Z1IOvfAY1qkRh7t7oC1WItF-DtGgRxYv6DSlegcFHEOVtOwkNt"
            + "IiGCtN8YpKohZOGWyEFAqfjSCQ"
        let read = UnsubscribeToken.read(foreign, keys: [Self.key])
        #expect(read?.person == "Jürgen\n" && read?.channel == "email" && read?.decision == "d2")
        for (what, text) in [
            (
                "another version",
                "AgABAgMEBQYHCAkKC0Of3Hrzrn6ZToujrSaB7Fbxrl9NiCusEaqUQwIkwFylcKCYC7Rn2kcy-rdIji4nQ66ygTrgJqdkPWWaOQNtObodNA"
            ),
            (
                "a version that is not authenticated",
                "AQABAgMEBQYHCAkKC0Of3Hrzrn6ZToujrSaB7Fbxrl9NiCusEaqUQwIkwFylcKCYC7Rn2kcy-rdIji4nQ66ylEYvxCUj_Cf8sR4BEhLYPw"
            ),
            (
                "the nonces' key",
                "AQABAgMEBQYHCAkKC4AAIXt3HDrkrtusMU54R1W_Gs20EZG8jcrPQiZYiJ7uN0GQ10sN6FauxGYqtv4HgXQ9Vu7yo6tfcZu5fyhnvwzFcA"
            ),
            (
                "the configured key itself",
                "AQABAgMEBQYHCAkKC2OjmRVverYnVYjH_Yw2TtbDX97vdgwSXTT0Qd_jtgRp_ENkhvKsWI6diq2UZtXRAtZNrXeixPKTdcqO-qBMmq2c_A"
            ),
            (
                "no person",
                "AQABAgMEBQYHCAkKC0Ofz3fgs3-SAJO77i2CrxO_7xsOgiCqFPvHDglrmxetY67HE3KJeBGRdOXCo5VKpGG8ZQ"
            ),
            ("nothing", "AQABAgMEBQYHCAkKC2RLrziW-80YhnlU2r3vr1g"),
        ] {
            #expect(UnsubscribeToken.read(text, keys: [Self.key]) == nil, "\(what)")
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

extension UInt8 {
    fileprivate var isNumeral: Bool { (0x30...0x39).contains(self) }
}
