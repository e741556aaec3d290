package dev.belfry.console.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The examples of the page "Command line", by command. */
final class Examples {
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    /** A file that some examples read. */
    static final String JOBS = """
            apiVersion: belfry/v1
            jobs:
              - name: index
                trigger: {cron: "0/30 * * * * ?", zone: Europe/Berlin}
                shards: 2
              - name: report
                trigger: {every: 1h}
            """;
    /** Another, with two errors. */
    static final String WRONG = """
            apiVersion: belfry/v1
            jobs:
              - name: index
                triger: {every: 1h}
                shards: 0
            """;

    /**
     * One example.
     *
     * @param why what it does, a sentence
     * @param line as typed, without the program
     * @param input what it reads from standard input
     * @param shown whether it is run and its output shown
     */
    record Example(String why, String line, String input, boolean shown) {
        /** The words of the line, quotes taken off. */
        String[] words() {
            List<String> words = new ArrayList<>();
            Matcher word = WORD.matcher(line);
            while (word.find()) {
                words.add(word.group(1) != null ? word.group(1) : word.group(2));
            }
            return words.toArray(String[]::new);
        }
    }

    private final Map<String, List<Example>> all = new LinkedHashMap<>();

    private Examples() {}

    static Map<String, List<Example>> all() {
        Examples examples = new Examples();
        examples.running();
        examples.definitions();
        examples.looking();
        examples.acting();
        examples.proving();
        return examples.all;
    }

    private void add(String command, String why, String line) {
        add(command, new Example(why, line, "", false));
    }

    private void show(String command, String why, String line, String input) {
        add(command, new Example(why, line, input, true));
    }

    private void add(String command, Example example) {
        all.computeIfAbsent(command, name -> new ArrayList<>()).add(example);
    }

    private void running() {
        add(
                "up",
                "Three agents and the example, for a minute, one agent killed on the way.",
                "up --kill-agent-after 10s --check --for 60s");
        add(
                "up",
                "Your own jobs, with data that stay.",
                "up --jobs jobs.yaml --allow-commands ./commands --data ./belfry-data");
        add(
                "agent",
                "An agent with a stable id that may run the executables in a directory.",
                "agent -z zk1:2181,zk2:2181 -n search --id worker-1 --label disk=ssd --allow-commands /opt/jobs");
        add(
                "agent",
                "One that tells of overdue fires while it is master.",
                "agent --id worker-1 --allow-http api --alert-webhook https://hooks.example.com/belfry --allow-alerts"
                        + " hooks.example.com");
        add(
                "agent",
                "The same with an identity, over TLS.",
                "agent -z zk1:2281 -n search --user agent --password-file agent.password --trust-store ca.pem");
        add(
                "agent",
                "An agent that is to be restarted in place: jobs with a rejoin-grace wait for it.",
                "agent -z zk1:2181 -n search --id worker-1 --allow-commands /opt/jobs --on-sigterm restart");
        add(
                "agent",
                "An agent that also exports the journal to a database; give it to two agents, and one of them does.",
                "agent -z zk1:2181 -n search --allow-commands /opt/jobs --history-url jdbc:postgresql://db/belfry"
                        + " --history-password-file db.password");
        add("zookeeper", "A server for trials.", "zookeeper --port 2181 --data ./zookeeper-data");
    }

    private void definitions() {
        show("validate", "A file that is fine.", "validate jobs.yaml", "");
        show("validate", "One that is not: every error with its place; exit code 1.", "validate wrong.yaml", "");
        add("validate", "Files that belong together, beside the jobs of a namespace.", "validate -n search jobs/");
        show(
                "plan",
                "What applying a file would change, here in an empty namespace without agents.",
                "plan jobs.yaml",
                "");
        add(
                "apply",
                "Makes it so, and deletes what this team has applied before and the file does not name any more.",
                "apply jobs.yaml --as search-team --reason 'new shards' --prune");
        add("export", "All definitions, to be kept or applied elsewhere.", "export -n search");
        show(
                "cron next",
                "When an expression fires, across a change of the clock.",
                "cron next '0 30 2 * * ?' --zone Europe/Berlin --from 2026-03-28T00:00:00Z --count 3",
                "");
        show(
                "cron next",
                "Many at once, one answer for each line.",
                "cron next --stdin",
                "0 0 12 * * ?\tUTC\t2026-06-01T00:00:00Z\n0 0 0 30 2 ?\tUTC\t2026-01-01T00:00:00Z\n*/5 * * * *\tUTC\t2026-01-01T00:00:00Z\n");
    }

    private void looking() {
        add("get", "The jobs, with their next fires.", "get jobs");
        add("get", "Who owns what of a job, for a program.", "get shards --job index -o json");
        add("get", "The last hundred runs.", "get runs --limit 100");
        add("get", "The last workflow runs of which a job is part.", "get workflows --job index");
        add(
                "describe",
                "A workflow run: what has become of every job, and why others wait.",
                "describe workflow tokenise~5b1e0d2f@2026-12-01T02:00:00Z");
        add("describe", "A job with its versions and the ledgers of its shards.", "describe job index");
        add("describe", "An agent with what it owns.", "describe agent worker-1");
        add(
                "simulate lose",
                "Who takes over if two agents die at once, and what is late.",
                "simulate lose worker-1 worker-2");
        add("simulate add", "What moves if three more agents join.", "simulate add 3");
        add(
                "simulate add",
                "The same of two in another zone, otherwise like one that is there.",
                "simulate add count=2,like=worker-1,zone=b");
        add(
                "simulate apply",
                "What each agent has once a file is in force, for programs.",
                "simulate apply jobs.yaml -o json");
        add("cost", "What all jobs cost, and what that leaves of the budget.", "cost");
        add("cost", "One of them with the arithmetic, if its runs take 200 ms.", "cost index --run-time 200ms");
        add("budget get", "What is allowed and what is used of it.", "budget get");
        add("explain", "Why the job has not run, and when it will.", "explain index");
        add(
                "explain",
                "One shard at one instant, attempt by attempt.",
                "explain index --at 2026-06-01T12:00:00Z --shard 3");
    }

    private void acting() {
        add(
                "trigger",
                "Run it now, once however often this is sent, and wait for the end.",
                "trigger report --key 2026-06-01 --parameters day=2026-06-01 --wait");
        add(
                "submit",
                "In two hours, before others, once however often this is sent.",
                "submit load --key 2026-06-01 --param day=2026-06-01 --in 2h --priority 7");
        add(
                "cancel",
                "Stops last night's run on every shard.",
                "cancel index 2026-12-01T03:00:00Z --reason 'wrong input'");
        add("cancel", "A workflow run with all of its jobs.", "cancel tokenise~5b1e0d2f@2026-12-01T02:00:00Z");
        add("cancel", "A backfill, with what is under way of it.", "cancel tokenise~5b1e0d2f+k81f");
        add(
                "backfill",
                "What would be run of a month, and why.",
                "backfill index --from 2026-11-01T00:00:00Z --to 2026-11-30T23:59:59Z --dry-run");
        add(
                "backfill",
                "What failed in that month once more, four at once, the newest first.",
                "backfill index --from 2026-11-01T00:00:00Z --to 2026-11-30T23:59:59Z --reprocess failed --concurrency 4"
                        + " --order newest-first --reason 'the parser was wrong'");
        add("rerun", "A queued run that has failed for good once more.", "rerun load~1f2e3d4c!2026-06-01");
        add(
                "forget",
                "A queued run that has failed for good, and is not wanted any more.",
                "forget load~1f2e3d4c!2026-06-01");
        add("rerun", "Goes on from the jobs that failed.", "rerun tokenise~5b1e0d2f@2026-12-01T02:00:00Z");
        add(
                "rerun",
                "One job again, and what follows it.",
                "rerun tokenise~5b1e0d2f@2026-12-01T02:00:00Z --job index --reason 'index was damaged'");
        add("pause", "Nothing of the job is due until it is resumed.", "pause index --reason 'disk is full'");
        add("resume", "It is due again from now on; what was not due meanwhile is not made up for.", "resume index");
        add("drain", "Before maintenance of a machine.", "drain worker-1 --reason 'kernel update'");
        add("undrain", "Afterwards.", "undrain worker-1");
        add(
                "budget set",
                "Half of what the ensemble was measured to bear; costs are reckoned with 20 agents.",
                "budget set --writes-per-second 2000 --bytes-per-second 4MiB --znodes 100000 --agents 20 --reason 'half of the"
                        + " ensemble'");
        add("budget clear", "Nothing is limited any more.", "budget clear");
        add(
                "delete",
                "What is owed until the deletion is in force is still settled.",
                "delete job report --reason 'moved to the warehouse'");
    }

    private void proving() {
        add("verify", "Everything that is kept; exit code 1 if a fire has no outcome, or two.", "verify");
        add(
                "verify",
                "One job on one day, for a program.",
                "verify --job index --from 2026-06-01T00:00:00Z --to 2026-06-02T00:00:00Z -o json");
        add(
                "verify",
                "The same over what only the history lists any more, rows and hashes compared.",
                "verify --from 2026-06-01T00:00:00Z --history-url jdbc:postgresql://db/belfry");
        add(
                "export-history",
                "An exporter of its own, which keeps the last 90 days.",
                "export-history -n search --history-url jdbc:postgresql://db/belfry --retention 90d");
        add("history status", "Who exports, how far behind, and how much there is.", "history status -n up");
        add(
                "history audit",
                "Exit code 1 if a row was changed, or if the chain does not lead through a point noted earlier.",
                "history audit --anchor 1:66d0f5c27c9fd4c7b8e0e5a0d2f2b1a9c4f1e8d7b6a5948372615f4e3d2c1b0a");
        add("history retain", "Removes what was exported more than a year ago.", "history retain --older-than 365d");
        add(
                "export-events",
                "Every attempt since an instant, to a file.",
                "export-events runs --from 2026-06-01T00:00:00Z");
        add("export-events", "Every change of master.", "export-events masters --format json");
    }
}
