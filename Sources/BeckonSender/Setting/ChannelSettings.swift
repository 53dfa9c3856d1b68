import BeckonService

/// Reads the members of `sender.channels`.
struct ChannelReader {
    /// In the place of a provider: another consumer delivers the channel.
    static let elsewhere = "elsewhere"
    /// In the place of a channel: all that are not named.
    static let other = "other"
    /// What a person should not get twice, unless told otherwise.
    static let atMostOnceChannels: Set<String> = ["sms"]

    private let providers: Set<String>
    private(set) var problems: [SettingsProblem] = []
    private var lists: [String: (names: [String], origin: String)] = [:]
    private var guarantees: [String: (guarantee: DeliveryGuarantee, origin: String)] = [:]

    init(providers: Set<String>) { self.providers = providers }

    mutating func read(_ members: [(name: String, text: String, source: Settings.Source)]) {
        for member in members {
            let origin = "\(member.source)"
            guard let dot = member.name.lastIndex(of: "."), dot != member.name.startIndex else {
                report(origin, "sender.channels.\(member.name): a channel has providers and guarantee.")
                continue
            }
            let channel = String(member.name[..<dot])
            switch member.name[member.name.index(after: dot)...].lowercased() {
            case "providers": readProviders(channel, member.text, origin)
            case "guarantee":
                if let guarantee = DeliveryGuarantee(rawValue: member.text) {
                    guarantees[channel] = (guarantee, origin)
                } else {
                    report(
                        origin,
                        "sender.channels.\(member.name) is `\(member.text)`; expected atLeastOnce or atMostOnce.")
                }
            case let word:
                let question = NearestWord.question(word, among: ["providers", "guarantee"])
                report(origin, "sender.channels.\(member.name): a channel has providers and guarantee.\(question)")
            }
        }
        for (channel, item) in guarantees.sorted(by: { $0.key < $1.key }) where lists[channel] == nil {
            report(item.origin, "sender.channels.\(channel) has a guarantee and no providers.")
        }
    }

    private mutating func readProviders(_ channel: String, _ text: String, _ origin: String) {
        guard case .list(let names)? = try? SettingKind.list(countMax: 8).read(text) else {
            return report(
                origin, "sender.channels.\(channel).providers is `\(text)`; expected 1 to 8 names separated by commas.")
        }
        if names == [Self.elsewhere] {
            lists[channel] = (names, origin)
            return
        }
        for name in names where !providers.contains(name) {
            let question = NearestWord.question(name, among: providers.sorted())
            report(
                origin,
                "sender.channels.\(channel).providers names `\(name)`, and there is no sender.providers.\(name).\(question)"
            )
        }
        if Set(names).count < names.count {
            report(origin, "sender.channels.\(channel).providers names one provider twice.")
        }
        lists[channel] = (names, origin)
    }

    /// - Precondition: there are no problems.
    var routes: ChannelRoutes {
        var ways: [String: ChannelRoutes.Way] = [:]
        for (channel, list) in lists {
            let standard: DeliveryGuarantee = Self.atMostOnceChannels.contains(channel) ? .atMostOnce : .atLeastOnce
            ways[channel] =
                list.names == [Self.elsewhere]
                ? .elsewhere : .deliver(ChannelRoute(list.names, guarantees[channel]?.guarantee ?? standard))
        }
        let other = ways.removeValue(forKey: Self.other)
        return ChannelRoutes(ways, other: other)
    }

    private mutating func report(_ origin: String, _ message: String) {
        problems.append(SettingsProblem(origin: origin, message: message))
    }
}
