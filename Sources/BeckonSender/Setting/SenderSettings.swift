import BeckonService

/// The settings of the sender, and what they come to.
public enum SenderSettings {
    public static let group = Setting.text(
        "sender.group", default: "beckon-sender",
        "The consumer group of all senders; transactional ids begin with it.")
    public static let instance = Setting.text(
        "sender.instance",
        "This sender's name: the same at each restart, different from the others'. Else the host's name.")
    public static let callsMax = Setting.integer(
        "sender.calls", in: 1...10_000, default: 1_000, "Calls under way at a time, to all providers together.")
    public static let privateHosts = Setting.list(
        "sender.privateHosts",
        "Hosts, as they stand in providers' URLs, that may have addresses outside the public internet, and plain http.")

    public static let messages = Setting.text(
        "sender.messages",
        "A file or folder with the messages that decisions name, read once at the start; it may be the folder of the rules. Without it, "
            + "webhooks carry the decisions themselves. See [messages.md](messages.md).")

    public static let unsubscribeURL = Setting.text(
        "sender.unsubscribe.url",
        "Where one click ends a person's marketing messages on a channel: https, a sealed token becomes the last part of its path."
    )
    public static let unsubscribeKeyFile = Setting.list(
        "sender.unsubscribe.keyFile", countMax: 4,
        "Files with a key each, 24 to 64 bytes in base64: the first one seals, the others have sealed what may still be clicked on."
    )

    public static let channels = SettingFamily(
        "sender.channels",
        "Who delivers what: `CHANNEL.providers`, the providers in the order in which they are tried (or `elsewhere`, if another consumer "
            + "delivers the channel), and `CHANNEL.guarantee`, `atLeastOnce` or `atMostOnce`. The channel `other` stands for all "
            + "that are not named. See [sending.md](sending.md).")
    public static let providers = SettingFamily(
        "sender.providers", secretWords: ["url"],
        "How messages go out, by the providers' names: "
            + ProviderField.allCases.map { "`NAME.\($0.rawValue)`" }.joined(separator: ", ")
            + ". See [sending.md](sending.md).")

    public static let declarations = [
        group.declaration, instance.declaration, callsMax.declaration, privateHosts.declaration, messages.declaration,
        unsubscribeURL.declaration, unsubscribeKeyFile.declaration,
    ]
    public static let families = [channels, providers]

    /// What a sender is to do, and with what.
    public struct Setup: Sendable {
        public var configuration: SenderConfiguration
        public let routes: ChannelRoutes
        public let providers: [String: ProviderPlan]
        /// nil: messages have no link that ends them.
        public let unsubscribeLink: UnsubscribeLink?
    }

    /// - Parameters:
    ///   - kafkaClient: the program's family of librdkafka's properties.
    ///   - hostName: the instance's name where none is set.
    ///   - readFile: a secret's file; throws why it cannot be read.
    /// - Throws: everything that is wrong; no secret is in it.
    public static func setup(
        _ settings: Settings, topics: SenderTopics, kafkaClient: SettingFamily, hostName: String,
        readFile: (String) throws -> String
    ) throws(SettingsProblems) -> Setup {
        var configuration = SenderConfiguration(
            brokers: settings[KafkaSettings.brokers].joined(separator: ","), group: settings[group],
            instance: settings[instance] ?? hostName)
        configuration.clientProperties = settings[kafkaClient]
        configuration.topics = topics
        configuration.callsMax = settings[callsMax]
        var reader = ProviderReader(privateHosts: settings[privateHosts])
        reader.read(settings.members(of: providers), readFile)
        var channelReader = ChannelReader(providers: Set(reader.plans.keys).union(reader.names))
        channelReader.read(settings.members(of: channels))
        var problems = reader.problems + channelReader.problems
        if settings.members(of: channels).isEmpty {
            problems.append(
                SettingsProblem(
                    origin: "sender.channels",
                    message: "No channel has a provider, so that nothing could be sent. For example "
                        + "`sender.channels.email.providers: shop`, with `sender.providers.shop.url: https://…`."))
        }
        if settings[messages] == nil, problems.isEmpty {
            problems += speechless(channelReader.routes, reader.plans)
        }
        let link = unsubscribeLink(settings, readFile, &problems)
        if !problems.isEmpty { throw SettingsProblems(problems) }
        return Setup(
            configuration: configuration, routes: channelReader.routes, providers: reader.plans, unsubscribeLink: link)
    }

    /// Providers that carry what a message says, and no messages.
    private static func speechless(_ routes: ChannelRoutes, _ plans: [String: ProviderPlan]) -> [SettingsProblem] {
        routes.providerNames.sorted().filter { plans[$0]?.way.needsMessages == true }.map { name in
            SettingsProblem(
                origin: messages.key,
                message:
                    "The provider `\(name)` sends what messages say, and there are none: name their file or folder, "
                    + "as in `--messages rules/`.")
        }
    }

    private static func unsubscribeLink(
        _ settings: Settings, _ readFile: (String) throws -> String, _ problems: inout [SettingsProblem]
    ) -> UnsubscribeLink? {
        let files = settings[unsubscribeKeyFile]
        guard let url = settings[unsubscribeURL] else {
            if !files.isEmpty {
                problems.append(
                    SettingsProblem(
                        origin: unsubscribeKeyFile.key, message: "There are keys, and no \(unsubscribeURL.key) to seal."
                    ))
            }
            return nil
        }
        var keys: [Secret] = []
        for file in files {
            do {
                let key = UnsubscribeLink.key(try readFile(file).trimmingBlanks)
                if let key {
                    keys.append(key)
                } else {
                    problems.append(
                        SettingsProblem(
                            origin: file,
                            message: "A key of \(unsubscribeKeyFile.key) is 24 to 64 bytes in base64. "
                                + "`head -c 32 /dev/urandom | base64` makes one."))
                }
            } catch {
                problems.append(
                    SettingsProblem(origin: unsubscribeKeyFile.key, message: "\(file) cannot be read: \(error)"))
            }
        }
        if files.isEmpty {
            problems.append(
                SettingsProblem(
                    origin: unsubscribeURL.key,
                    message:
                        "Without a key anybody could unsubscribe anybody: name a file in \(unsubscribeKeyFile.key)."))
        }
        guard let key = keys.first else { return nil }
        do throws(UnsubscribeProblem) { return try UnsubscribeLink(endpoint: url, key: key) } catch {
            problems.append(SettingsProblem(origin: unsubscribeURL.key, message: "\(unsubscribeURL.key) \(error)."))
            return nil
        }
    }
}
