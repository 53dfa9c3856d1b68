import BeckonService
import Foundation
import Testing

@testable import BeckonSender

@Suite struct `Sender settings` {
    static let secret = "whsec_" + Data(repeating: 7, count: 32).base64EncodedString()
    static let client = KafkaSettings.client(refused: [:])

    func setup(
        _ file: String, environment: [String: String] = [:], arguments: [SettingsReader.Argument] = [],
        files: [String: String] = [:]
    ) throws -> SenderSettings.Setup {
        let catalog = SettingsCatalog(
            KafkaSettings.declarations + SenderSettings.declarations, families: [Self.client] + SenderSettings.families)
        let settings = try SettingsReader.read(
            catalog, arguments: arguments, environment: environment,
            file: (name: "beckon.yaml", bytes: Array(file.utf8)))
        return try SenderSettings.setup(settings, topics: SenderTopics(), kafkaClient: Self.client, hostName: "host") {
            guard let text = files[$0] else { throw WebhookProblem("no such file") }
            return text
        }
    }

    func problems(_ file: String, environment: [String: String] = [:], arguments: [SettingsReader.Argument] = [])
        -> String
    {
        let error = #expect(throws: SettingsProblems.self) {
            try setup(file, environment: environment, arguments: arguments)
        }
        return error?.description ?? ""
    }

    @Test func `providers and channels are read, with secrets from files and variables`() throws {
        let setup = try setup(
            """
            sender:
              privateHosts: hook.internal
              providers:
                shop: { url: https://example.com/hook, secretFile: "/run/new,/run/old", timeout: 2s, rate: 50, calls: 20 }
                inner: { url: http://hook.internal/x }
                out: { kind: log }
              channels:
                webhook: { providers: "shop,inner" }
                email: { providers: inner, guarantee: atMostOnce }
                sms: { providers: out }
                push: { providers: elsewhere }
            """, environment: ["BECKON_SENDER_PROVIDERS_INNER_SECRET": Self.secret],
            files: ["/run/new": Self.secret + "\n", "/run/old": Self.secret])
        #expect(setup.configuration.instance == "host" && setup.configuration.group == "beckon-sender")
        guard case .webhook(let shop)? = setup.providers["shop"]?.way,
            case .webhook(let inner)? = setup.providers["inner"]?.way
        else { throw CancellationError() }
        #expect(shop.secrets.count == 2 && shop.timeoutMs == 2_000 && shop.connectTimeoutMs == 2_000 && !shop.isPrivate)
        #expect(setup.providers["shop"]?.limits.ratePerSecond == 50 && setup.providers["shop"]?.limits.burst == 50)
        #expect(setup.providers["shop"]?.limits.callsMax == 20)
        #expect(inner.secrets.count == 1 && inner.isPrivate)
        #expect(setup.routes["webhook"] == .deliver(ChannelRoute(["shop", "inner"])))
        #expect(setup.routes["email"] == .deliver(ChannelRoute(["inner"], .atMostOnce)))
        #expect(setup.routes["sms"] == .deliver(ChannelRoute(["out"], .atMostOnce)), "unless told otherwise")
        #expect(setup.routes["push"] == .elsewhere)
        #expect(setup.routes["fax"] == nil)
    }

    @Test func `the channel other stands for all that are not named`() throws {
        let setup = try setup("sender: { providers: { out: { kind: log } }, channels: { other: { providers: out } } }")
        #expect(setup.routes["anything"] == .deliver(ChannelRoute(["out"])))
    }

    @Test func `everything that is wrong is told at once, with what to do`() {
        let found = problems(
            """
            sender:
              providers:
                shop: { ulr: https://example.com/ }
                plain: { url: http://example.com/token, calls: 0 }
                bare: { rate: 5 }
                bad: { url: https://example.com/, secret: whsec_short }
                gone: { url: https://example.com/, secretFile: /nowhere }
              channels:
                webhook: { providers: shpo, guarantee: maybe }
                email: { guarantee: atMostOnce }
            """)
        for part in [
            "a provider has kind, url", "Did you mean `url`?", "is plain http", "sender.providers.plain.calls is `0`",
            "sender.providers.bare has no url", "is not whsec_ with", "/nowhere cannot be read", "names `shpo`",
            "Did you mean `shop`?", "expected atLeastOnce or atMostOnce",
            "sender.channels.email has a guarantee and no providers",
        ] { #expect(found.contains(part), "\(part) in \(found)") }
        #expect(!found.contains("token") && !found.contains("whsec_short"), "\(found)")
        #expect(problems("").contains("No channel has a provider"))
    }

    @Test func `a secret is not taken from the command line, where everybody can read it`() {
        let key = "sender.providers.shop.secret"
        let found = problems(
            "sender: { providers: { shop: { url: https://example.com/ } }, channels: { webhook: { providers: shop } } }",
            arguments: [.init(flag: "--set", key: key, text: Self.secret)])
        #expect(found.contains("use secretFile, or a variable"))
        #expect(!found.contains("BwcH"))
    }

    @Test func `URLs and secrets are not printed`() {
        #expect(SenderSettings.providers.isSecret("shop.url") && SenderSettings.providers.isSecret("shop.secret"))
        #expect(!SenderSettings.providers.isSecret("shop.rate"))
    }
}
