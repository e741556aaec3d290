package dev.belfry.core.job;

import dev.belfry.core.schedule.BusinessCalendar;
import dev.belfry.core.schedule.ManualTrigger;
import dev.belfry.core.schedule.Schedule;
import dev.belfry.core.schedule.Trigger;
import dev.belfry.core.value.Condition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The keys of a job. */
final class JobForm {

    static final String NAME_WORDS = "a name: 1 to 128 of a-z 0-9 . _ -, the first a letter or digit";

    private static final Pattern PARAMETER = Pattern.compile("[^\\p{Cntrl}]{1,128}");
    private static final Shape<String> NAMED = Scalars.word(NAME_WORDS, JobDefinition.NAME);

    private JobForm() {}

    static final Key<JobDefinition, String> NAME =
            Key.required("name", NAMED, JobDefinition::name, "Unique within the namespace.");
    private static final Key<JobDefinition, String> DESCRIPTION = Key.optional(
                    "description",
                    Scalars.text("text of at most 2,000 characters", 2_000),
                    JobDefinition::description,
                    "For people.")
            .defaulting("");
    static final Key<JobDefinition, String> HANDLER = Key.optional(
            "handler",
            Scalars.word(NAME_WORDS, JobDefinition.NAME),
            job -> job.handler().equals(job.name()) ? null : job.handler(),
            "What the agents run; the job's name unless set. command and http come with the agent.");
    static final Key<JobDefinition, Map<String, BusinessCalendar>> CALENDARS =
            Key.<JobDefinition, Map<String, BusinessCalendar>>optional(
                            "calendars",
                            new CalendarsShape(),
                            job -> job.schedule().calendars(),
                            "Calendars for the triggers of this job, in the shape of those at the top of a file, which they"
                                    + " hide.")
                    .defaulting(Map.of());
    static final Key<JobDefinition, List<Trigger>> TRIGGER = Key.optional(
            "trigger",
            TriggerForm.ALL,
            JobForm::triggers,
            "When the job fires: one trigger or a list. Required without after.");
    static final Key<JobDefinition, List<String>> AFTER = Key.<JobDefinition, List<String>>optional(
                    "after",
                    ListShape.of(NAMED, "a list of job names", 64),
                    job -> job.upstreams().after(),
                    "Upstream jobs of a workflow. With a trigger the job runs when both hold, else when the upstreams settle.")
            .defaulting(List.of());
    static final Key<JobDefinition, TriggerRule> RULE = Key.<JobDefinition, TriggerRule>optional(
                    "rule",
                    Scalars.choice(TriggerRule.class),
                    job -> job.upstreams().rule(),
                    "With after: which outcomes of the upstreams let the job run.")
            .defaulting(TriggerRule.ALL_SUCCESS);
    static final Key<JobDefinition, List<Condition>> WHEN = Key.<JobDefinition, List<Condition>>optional(
                    "when",
                    WhenForm.CONDITIONS,
                    job -> job.upstreams().when(),
                    "With after: what must hold of the outputs of upstreams, too, or the job is skipped: one condition or a list.")
            .defaulting(List.of());
    static final Key<JobDefinition, ShardLayout> SHARDS = Key.<JobDefinition, ShardLayout>optional(
                    "shards",
                    new ByKind<>(
                            Node.Scalar.class,
                            new Mapped<>(
                                    Scalars.whole(1, ShardLayout.MOST_SHARDS), ShardLayout::of, ShardLayout::count),
                            Node.Sequence.class,
                            new Mapped<>(
                                    ListShape.of(
                                            Scalars.literal("a text of at most 1,024 characters", 1_024),
                                            "a list with a parameter for each shard",
                                            ShardLayout.MOST_SHARDS),
                                    ShardLayout::of,
                                    ShardLayout::parameters),
                            layout -> layout.parameters().isEmpty()),
                    JobDefinition::shards,
                    "The number of shards, or a list with a parameter for each.")
            .defaulting(ShardLayout.SINGLE);
    static final Key<JobDefinition, Placement> PLACEMENT = Key.<JobDefinition, Placement>optional(
                    "placement",
                    Scalars.choice(Placement.class),
                    JobDefinition::placement,
                    "Who runs the shards: owners assigned ahead of time, whoever has room when a run is due, or every agent.")
            .defaulting(Placement.STICKY);
    static final Key<JobDefinition, Strategy> STRATEGY = Key.<JobDefinition, Strategy>optional(
                    "strategy",
                    Scalars.choice(Strategy.class),
                    JobForm::strategy,
                    "placement sticky: how shards are spread over the agents, one of " + words(Placement.STICKY)
                            + ". placement queued: which agent with room runs a task, one of "
                            + words(Placement.QUEUED) + "; least-loaded unless set.")
            .defaulting(Strategy.BALANCED);
    static final Key<JobDefinition, Requirements> REQUIRES = Key.<JobDefinition, Requirements>optional(
                    "requires", RequirementsForm.FORM, JobDefinition::requires, "What an agent must have.")
            .defaulting(Requirements.NONE);
    private static final Key<JobDefinition, Map<String, List<String>>> PREFERS =
            Key.<JobDefinition, Map<String, List<String>>>optional(
                            "prefers", RequirementsForm.PREFERS, JobDefinition::prefers, "What makes an agent better.")
                    .defaulting(Map.of());
    private static final Key<JobDefinition, Double> WEIGHT = Key.<JobDefinition, Double>optional(
                    "weight",
                    Scalars.real(0.001, 1_000_000),
                    JobDefinition::weight,
                    "The load of a shard relative to those of other jobs.")
            .defaulting(1.0);
    private static final Key<JobDefinition, Overlap> OVERLAP = Key.<JobDefinition, Overlap>optional(
                    "overlap",
                    PolicyForms.OVERLAP,
                    JobDefinition::overlap,
                    "What happens to a fire of a shard that is still running; with a limit: {policy: buffer-all, limit: 50}.")
            .defaulting(Overlap.SKIP);
    private static final Key<JobDefinition, Misfire> MISFIRE = Key.<JobDefinition, Misfire>optional(
                    "misfire",
                    PolicyForms.MISFIRE,
                    JobDefinition::misfire,
                    "What becomes of fires that could not start in time.")
            .defaulting(Misfire.DEFAULT);
    static final Key<JobDefinition, Recovery> RECOVERY = Key.<JobDefinition, Recovery>optional(
                    "recovery",
                    Scalars.choice(Recovery.class),
                    JobDefinition::recovery,
                    "An attempt cut short by the loss of its agent: runs again (at least once) or is lost (at most once).")
            .defaulting(Recovery.RERUN);
    static final Key<JobDefinition, Duration> REJOIN_GRACE = Key.<JobDefinition, Duration>optional(
                    "rejoin-grace",
                    Times.duration(Duration.ZERO, Duration.ofDays(1)),
                    JobDefinition::rejoinGrace,
                    "placement sticky: how long the shards of a restarting agent wait for it.")
            .defaulting(Duration.ZERO);
    static final Key<JobDefinition, Timeouts> TIMEOUTS = Key.<JobDefinition, Timeouts>optional(
                    "timeouts", PolicyForms.TIMEOUTS, JobDefinition::timeouts, "How long things may take.")
            .defaulting(Timeouts.NONE);
    static final Key<JobDefinition, Duration> TOLERANCE = Key.optional(
            "tolerance",
            Times.duration(Duration.ofSeconds(1), Duration.ofDays(366)),
            JobDefinition::tolerance,
            "How long after its instant a fire may be without an outcome before the master raises an event. Unless set: 1m for"
                    + " one that has not begun; for one that runs, 1m beyond timeouts.total, and without that for ever.");
    private static final Key<JobDefinition, JobAlerts> ALERTS = Key.<JobDefinition, JobAlerts>optional(
                    "alerts",
                    AlertsForm.FORM,
                    JobDefinition::alerts,
                    "Who is told of overdue fires and runs of this job, and when nobody is.")
            .defaulting(JobAlerts.USUAL);
    static final Key<JobDefinition, Retry> RETRY = Key.<JobDefinition, Retry>optional(
                    "retry", RetryForm.FORM, JobDefinition::retry, "When a failed attempt is tried again.")
            .defaulting(Retry.NONE);
    static final Key<JobDefinition, Integer> PRIORITY = Key.<JobDefinition, Integer>optional(
                    "priority",
                    Scalars.whole(0, 9),
                    JobDefinition::priority,
                    "placement queued: from 0, lowest, to 9, highest.")
            .defaulting(JobDefinition.DEFAULT_PRIORITY);
    static final Key<JobDefinition, String> QUEUE = Key.<JobDefinition, String>optional(
                    "queue",
                    NAMED,
                    job -> job.queueing().queue(),
                    "placement queued: the queue in which tasks wait; default needs no declaration.")
            .defaulting(Queueing.DEFAULT_QUEUE);
    static final Key<JobDefinition, Integer> CONCURRENCY = Key.optional(
            "concurrency",
            Scalars.whole(1, 100_000),
            job -> job.queueing().concurrency(),
            "placement queued: the most tasks of the job that run at once.");
    static final Key<JobDefinition, List<String>> POOL = Key.<JobDefinition, List<String>>optional(
                    "pool",
                    Mapped.oneOrMany(NAMED, "a list of names", 8),
                    job -> job.queueing().pools(),
                    "placement queued: pools of which a task takes one slot each while it runs.")
            .defaulting(List.of());
    static final Key<JobDefinition, StartRate> RATE = Key.optional(
            "rate",
            QueueForms.rate(),
            job -> job.queueing().rate(),
            "placement queued: the most tasks of the job that start in a time.");
    static final Key<JobDefinition, Duration> COST = Key.optional(
            "cost",
            QueueForms.cost(),
            job -> job.queueing().cost(),
            "placement queued: how long a task takes, for the order shortest-job-first, until enough are measured.");
    static final Key<JobDefinition, BackupAfter> BACKUP_AFTER = Key.optional(
            "backup-after",
            QueueForms.backupAfter(),
            job -> job.queueing().backupAfter(),
            "placement queued: an attempt that takes longer than this, or than this share of the measured ones, gets a"
                    + " second one beside it on another agent.");
    static final Key<JobDefinition, Map<String, String>> PARAMETERS = Key.<JobDefinition, Map<String, String>>optional(
                    "parameters",
                    new MapShape<>(
                            PARAMETER,
                            "a key of 1 to 128 characters without control characters",
                            Scalars.literal("a value of at most 8,192 characters", 8_192),
                            "a mapping of at most 256 keys to values",
                            256),
                    JobDefinition::parameters,
                    "For the job's code. Numbers, true and false are passed as they are written. What the handlers command and http"
                            + " take is told below.")
            .defaulting(Map.of());
    private static final Key<JobDefinition, Boolean> ENABLED = Key.<JobDefinition, Boolean>optional(
                    "enabled", Scalars.bool(), JobDefinition::enabled, "false: the job fires nothing.")
            .defaulting(true);

    static final Form<JobDefinition> FORM = new Form<>(
            "job",
            List.of(
                    NAME,
                    DESCRIPTION,
                    HANDLER,
                    CALENDARS,
                    TRIGGER,
                    AFTER,
                    RULE,
                    WHEN,
                    SHARDS,
                    PLACEMENT,
                    STRATEGY,
                    REQUIRES,
                    PREFERS,
                    WEIGHT,
                    OVERLAP,
                    MISFIRE,
                    RECOVERY,
                    REJOIN_GRACE,
                    TIMEOUTS,
                    TOLERANCE,
                    ALERTS,
                    RETRY,
                    PRIORITY,
                    QUEUE,
                    CONCURRENCY,
                    POOL,
                    RATE,
                    COST,
                    BACKUP_AFTER,
                    PARAMETERS,
                    ENABLED),
            JobRules::check,
            JobForm::make,
            HandlerParameters::conditions);

    /** Without a trigger of its own a job of a workflow has a manual schedule, which is not written. */
    private static @Nullable List<Trigger> triggers(JobDefinition job) {
        boolean driven = !job.upstreams().after().isEmpty() && job.schedule().manualOnly();
        return driven ? null : job.schedule().triggers();
    }

    /** What a queued job has unless it says otherwise is not written: the key has another default for sticky jobs. */
    private static @Nullable Strategy strategy(JobDefinition job) {
        boolean usual = job.strategy() == Strategy.usual(job.placement());
        return usual && job.placement() == Placement.QUEUED ? null : job.strategy();
    }

    private static String words(Placement placement) {
        return String.join(
                ", ", Strategy.of(placement).stream().map(Scalars::nameOf).toList());
    }

    private static Queueing queueing(Values values) {
        return new Queueing(
                values.get(QUEUE),
                values.find(CONCURRENCY),
                values.get(POOL),
                values.find(RATE),
                values.find(COST),
                values.find(BACKUP_AFTER));
    }

    private static @Nullable JobDefinition make(Values values) {
        List<Trigger> triggers = values.has(TRIGGER) ? values.get(TRIGGER) : List.of(new ManualTrigger());
        Map<String, BusinessCalendar> calendars = values.reading().calendars(values.path() + ".trigger");
        for (Trigger trigger : triggers) {
            String calendar = trigger.options().calendar();
            if (calendar != null && !calendars.containsKey(calendar)) {
                return null; // it is declared, but wrong, and that has been reported where it stands
            }
        }
        String name = values.get(NAME);
        String handler = values.find(HANDLER);
        JobDefinition job = new JobDefinition(
                name,
                values.get(DESCRIPTION),
                handler == null ? name : handler,
                values.get(ENABLED),
                new Schedule(triggers, calendars),
                new Upstreams(values.get(AFTER), values.get(RULE), values.get(WHEN)),
                values.get(SHARDS),
                values.get(PLACEMENT),
                values.has(STRATEGY) ? values.get(STRATEGY) : Strategy.usual(values.get(PLACEMENT)),
                values.get(REQUIRES),
                values.get(PREFERS),
                values.get(WEIGHT),
                values.get(OVERLAP),
                values.get(MISFIRE),
                values.get(RECOVERY),
                values.get(REJOIN_GRACE),
                values.get(TIMEOUTS),
                values.find(TOLERANCE),
                values.get(ALERTS),
                values.get(RETRY),
                values.get(PRIORITY),
                queueing(values),
                values.get(PARAMETERS));
        return JobRules.fits(job, values) ? job : null;
    }
}
