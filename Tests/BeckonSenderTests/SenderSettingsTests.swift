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

    @Test func `a relay is read, with its password from a file or a variable`() throws {
        let setup = try setup(
            """
            sender:
              messages: rules/
              privateHosts: localhost
              providers:
                ses:
                  kind: smtp
                  url: smtp://email-smtp.eu-west-1.amazonaws.com:587
                  from: "Shop, the <news@shop.example>"
                  replyTo: help@shop.example
                  returnPath: bounces@shop.example
                  user: AKIA
                  passwordFile: /run/ses
                  helloName: sender.shop.example
                  feedbackId: shop1
                  timeout: 20s
                  calls: 50
                postfix: { kind: smtp, url: "smtp://localhost:25", tls: none, from: news@shop.example, user: beckon }
              channels: { email: { providers: "ses,postfix" } }
            """, environment: ["BECKON_SENDER_PROVIDERS_POSTFIX_PASSWORD": "a,b"], files: ["/run/ses": "pass word\n"])
        guard case .smtp(let ses)? = setup.providers["ses"]?.way,
            case .smtp(let postfix)? = setup.providers["postfix"]?.way
        else {
            Issue.record("no relays")
            return
        }
        #expect(ses.security == .startTLS && ses.port == 587 && ses.from.address == "news@shop.example")
        #expect(ses.replyTo?.address == "help@shop.example" && ses.returnPath?.address == "bounces@shop.example")
        #expect(ses.login?.user == "AKIA" && ses.login?.password.bytes == Array("pass word".utf8))
        #expect(ses.helloName == "sender.shop.example" && ses.feedbackId == "shop1" && ses.timeouts.callMs == 20_000)
        #expect(setup.providers["ses"]?.limits.callsMax == 50 && setup.providers["postfix"]?.limits.callsMax == 20)
        #expect(postfix.security == .none && postfix.login?.password.bytes == Array("a,b".utf8))
        #expect(setup.routes["email"] == .deliver(ChannelRoute(["ses", "postfix"])))
        #expect(setup.unsubscribeLink == nil)
    }

    @Test func `a relay without messages is refused; one that no channel names, and webhooks, need none`() throws {
        func file(_ channels: String) -> String {
            """
            sender:
              providers:
                mail: { kind: smtp, url: "smtps://mail.example.com", from: a@b.example }
                hook: { url: https://example.com/hook }
              channels: { \(channels) }
            """
        }
        let found = problems(file("email: { providers: mail }, webhook: { providers: hook }"))
        #expect(found.contains("sender.messages: The provider `mail` sends what messages say, and there are none"))
        #expect(found.contains("`--messages rules/`") && !found.contains("hook"))
        #expect(try setup(file("email: { providers: hook }")).providers["mail"] != nil)
    }

    @Test func `what is wrong with relays is told at once, with what to do`() {
        let found = problems(
            """
            sender:
              providers:
                a: { kind: smtp, url: "smtp://mail.example.com" }
                b: { kind: smtp, url: "smtp://mail.example.com", from: news, tls: none, user: x }
                c: { kind: smtp, from: a@b.example, url: "http://mail.example.com", calls: 201, helloName: "a b" }
                d: { kind: smtp, from: a@b.example, url: "smtp://u:geheim@mail.example.com", password: geheim }
                e: { kind: smtp, from: a@b.example, url: "smtp://mail.example.com", password: geheim, feedbackId: abc, caFile: /nowhere/ca }
                f: { url: "smtp://mail.example.com" }
                g: { url: "https://mail.example.com", from: a@b.example }
                h: { kind: smtp, from: a@b.example, url: "smtp://mail.example.com", secret: geheim, tls: none }
                i: { kind: smtp, from: a@b.example, url: "smtp://mail.example.com", passwordFile: /nowhere/password, user: x }
              channels: { email: { providers: "a,b,c,d,e" } }
            """)
        for part in [
            "sender.providers.a has no from", "sender.providers.b.from is no address", "begins with `http`",
            "at most 200 connections", "use user and passwordFile", "sender.providers.e has a password and no user",
            "expected 5 to 15 letters", "/nowhere/ca", "say `kind: smtp`",
            "sender.providers.g.from is of no use: it belongs to `kind: smtp`",
            "sender.providers.h.secret is of no use: it belongs to `kind: webhook`", "sender.providers.h.tls is `none`",
            "/nowhere/password cannot be read", "sender.providers.c.helloName is `a b`",
        ] { #expect(found.contains(part), "\(part) in \(found)") }
        #expect(!found.contains("geheim"), "\(found)")
        let key = "sender.providers.a.password"
        let argument = problems("", arguments: [.init(flag: "--set", key: key, text: "geheim")])
        #expect(argument.contains("use passwordFile, or a variable") && !argument.contains("geheim"))
        #expect(SenderSettings.providers.isSecret("a.password"))
    }

    @Test func `the link that ends messages has an address and keys`() throws {
        let rest = "providers: { out: { kind: log } }, channels: { other: { providers: out } }"
        let key = Data(repeating: 7, count: 32).base64EncodedString()
        let setup = try setup(
            "sender: { \(rest), unsubscribe: { url: https://shop.example/u, keyFile: \"/new,/old\" } }",
            files: ["/new": key + "\n", "/old": key])
        #expect(setup.unsubscribeLink != nil)
        #expect(
            problems("sender: { \(rest), unsubscribe: { url: https://shop.example/u } }").contains(
                "anybody could unsubscribe anybody"))
        #expect(problems("sender: { \(rest), unsubscribe: { keyFile: /x } }").contains("no sender.unsubscribe.url"))
        #expect(
            problems("sender: { \(rest), unsubscribe: { url: https://shop.example/u, keyFile: /x } }").contains(
                "/x cannot be read"))
    }
}
