import BeckonKafka
import BeckonSender
import BeckonService
import BeckonWorker

/// All settings of the program.
enum ProgramSettings {
    static let kafkaClient = KafkaSettings.client(refused: KafkaConfiguration.ownedProperties)

    static let catalog = SettingsCatalog(
        KafkaSettings.declarations + WorkerSettings.declarations + TopicSettings.declarations
            + SenderSettings.declarations + StatusSettings.declarations + LogSettings.declarations,
        families: [kafkaClient] + SenderSettings.families)
}
