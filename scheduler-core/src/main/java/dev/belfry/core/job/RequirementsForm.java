package dev.belfry.core.job;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The keys of requires, prefers and resources. */
final class RequirementsForm {

    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,62}");
    private static final String LABEL_WORDS =
            "a label: up to 63 letters, digits and . _ / -, the first a letter or digit";

    private static final Shape<Map<String, List<String>>> SELECTORS = new MapShape<>(
            LABEL,
            LABEL_WORDS,
            Mapped.oneOrMany(Scalars.literal("a value of at most 128 characters", 128), "a list of values", 64),
            "a mapping of labels to a value or a list of values",
            32);

    private RequirementsForm() {}

    private static final Key<Resources, Integer> SLOTS = Key.<Resources, Integer>optional(
                    "slots", Scalars.whole(1, 1_000), Resources::slots, "How many attempts one attempt counts for.")
            .defaulting(Resources.ONE_SLOT.slots());
    static final Key<Resources, Double> CPU = Key.<Resources, Double>optional(
                    "cpu",
                    Scalars.real(0, 10_000),
                    Resources::cpu,
                    "placement queued: processors that an attempt takes.")
            .defaulting(Resources.ONE_SLOT.cpu());
    static final Key<Resources, Long> MEMORY = Key.<Resources, Long>optional(
                    "memory",
                    Scalars.bytes("bytes with a unit, such as 512MB or 2GiB"),
                    Resources::memory,
                    "placement queued: memory that an attempt takes; MB is 1000 * 1000 bytes, MiB is 1024 * 1024.")
            .defaulting(Resources.ONE_SLOT.memory());

    private static final Form<Resources> RESOURCES_FORM = new Form<>(
            "resources",
            List.of(SLOTS, CPU, MEMORY),
            values -> {},
            values -> new Resources(values.get(SLOTS), values.get(CPU), values.get(MEMORY)));

    private static final Key<Requirements, Map<String, List<String>>> LABELS =
            Key.<Requirements, Map<String, List<String>>>optional(
                            "labels",
                            SELECTORS,
                            Requirements::labels,
                            "Labels that the agent must have, each with the value or one of the values.")
                    .defaulting(Map.of());
    static final Key<Requirements, Resources> RESOURCES = Key.<Requirements, Resources>optional(
                    "resources",
                    RESOURCES_FORM,
                    Requirements::resources,
                    "What an attempt takes of the agent's capacity.")
            .defaulting(Resources.ONE_SLOT);
    static final Key<Requirements, String> SPREAD = Key.optional(
            "spread",
            Scalars.word(LABEL_WORDS, LABEL),
            Requirements::spread,
            "Keeps shards apart by the values that a label has among the agents that may have the job. placement sticky: no"
                    + " value gets more than its part, rounded up; 4 shards on 3 hosts are 2, 1 and 1, and where all agents are on"
                    + " one host, it has all 4. placement queued: no two tasks of the job run at once where the value is the same."
                    + " zone, host and agent are always known.");
    private static final Key<Requirements, String> EXCLUSIVE = Key.optional(
            "exclusive",
            Scalars.word("the name of a group, " + JobForm.NAME_WORDS, JobDefinition.NAME),
            Requirements::exclusive,
            "No two jobs of this group share an agent.");

    static final Form<Requirements> FORM = new Form<>(
            "requires",
            List.of(LABELS, RESOURCES, SPREAD, EXCLUSIVE),
            values -> {},
            values -> new Requirements(
                    values.get(LABELS), values.get(RESOURCES), values.find(SPREAD), values.find(EXCLUSIVE)));

    private static final Key<Map<String, List<String>>, Map<String, List<String>>> PREFERRED =
            Key.<Map<String, List<String>>, Map<String, List<String>>>optional(
                            "labels",
                            SELECTORS,
                            labels -> labels,
                            "Labels that make an agent better than others, in the same shape as under requires.")
                    .defaulting(Map.of());

    static final Form<Map<String, List<String>>> PREFERS =
            new Form<>("prefers", List.of(PREFERRED), values -> {}, values -> values.get(PREFERRED));
}
