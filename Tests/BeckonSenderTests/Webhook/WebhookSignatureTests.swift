import Foundation
import Testing

@testable import BeckonSender

@Suite struct `Webhook signature` {
    struct Vector: Decodable {
        let id: String
        let timestamp: Int64
        let body: String
        let secrets: [String]
        let signatures: [String]
    }

    /// `scripts/webhook` holds them against PyPI's standardwebhooks.
    static func vectors() throws -> [Vector] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = tests.appendingPathComponent("Webhook/vectors.json")
        return try JSONDecoder().decode([Vector].self, from: Data(contentsOf: file))
    }

    @Test func `is that of Standard Webhooks`() throws {
        let vectors = try Self.vectors()
        #expect(vectors.count == 3)
        for vector in vectors {
            let found = vector.secrets.map {
                WebhookSecret($0)?.signature(id: vector.id, timestamp: vector.timestamp, body: Array(vector.body.utf8))
            }
            #expect(found == vector.signatures)
        }
    }

    @Test func `a secret is whsec_ and 24 to 64 bytes`() {
        func secret(_ count: Int) -> WebhookSecret? {
            WebhookSecret("whsec_" + Data(repeating: 7, count: count).base64EncodedString())
        }
        #expect(secret(23) == nil && secret(24) != nil && secret(64) != nil && secret(65) == nil)
        #expect(WebhookSecret(Data(repeating: 7, count: 32).base64EncodedString()) == nil)
        #expect(WebhookSecret("whsec_*") == nil)
    }

    @Test func `a secret does not tell itself`() throws {
        let secret = try #require(WebhookSecret("whsec_" + Data(repeating: 7, count: 32).base64EncodedString()))
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped] {
            #expect(!text.contains("BwcH") && !text.contains("[7") && !text.contains("7\n"), "\(text)")
        }
    }
}
