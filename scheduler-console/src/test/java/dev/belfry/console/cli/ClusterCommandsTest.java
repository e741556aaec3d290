package dev.belfry.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The commands against a real server without agents: what is there is what was applied. */
class ClusterCommandsTest {
    private static final String JOBS =
            "apiVersion: belfry/v1\njobs:\n  - name: index\n    trigger: {every: 10s}\n    shards: 3\n"
                    + "  - name: report\n    trigger: manual\n";

    @RegisterExtension
    static final ServedConsole SERVED = new ServedConsole();

    @Test
    void appliedJobsAreListedPlannedExportedAndExplained(TestInfo test) throws IOException {
        Console console = SERVED.console(test);
        String jobs = SERVED.file("jobs.yaml", JOBS);
        assertThat(console.run("", "plan", jobs)).as(console.err()).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("+ index: new, 3 shards").contains("gained (");

        assertThat(console.run("", "apply", jobs, "--as", "anna"))
                .as(console.err())
                .isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("index").contains("created");
        assertThat(console.run("", "apply", jobs, "--as", "anna")).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("unchanged").doesNotContain("created");

        assertThat(console.line("get jobs")).isEqualTo(Exit.DONE);
        assertThat(console.lines()).hasSize(3);
        assertThat(console.lines().get(1)).contains("index", "active", "every 10s", "anna");
        assertThat(console.line("get jobs -o json")).isEqualTo(Exit.DONE);
        assertThat(console.out()).startsWith("[ {").contains("\"name\" : \"index\"");
        assertThat(console.line("get jobs -o yaml")).isEqualTo(Exit.DONE);
        assertThat(console.out()).startsWith("- name: \"index\"");

        assertThat(console.line("export")).isEqualTo(Exit.DONE);
        String exported = SERVED.file("exported.yaml", console.out());
        assertThat(console.run("", "plan", exported)).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("= index: unchanged", "= report: unchanged");

        assertThat(console.line("get shards --job index")).isEqualTo(Exit.DONE);
        assertThat(console.lines()).hasSize(4).last().asString().contains("nobody");
        assertThat(console.line("get agents")).isEqualTo(Exit.DONE);
        assertThat(console.line("describe job index")).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("every: \"10s\"").contains("VERSION");

        assertThat(console.line("explain index")).isEqualTo(Exit.DONE);
        assertThat(console.out())
                .contains("Version 1")
                .contains("3 of 3 shards have no owner")
                .contains("no agent is registered.")
                .contains("There is no master")
                .contains("The next fire is at");
        assertThat(console.line("explain index --shard 9")).isEqualTo(Exit.NO);
        assertThat(console.line("explain nothing")).isEqualTo(Exit.NO);
    }

    @Test
    void emptyNamespaceIsSaidToBeEmptyAndProgramsGetAnEmptyList(TestInfo test) throws Exception {
        Console console = SERVED.console(test);
        SERVED.create(test);
        for (String what : new String[] {"jobs", "agents", "shards", "runs", "commands"}) {
            assertThat(console.line("get " + what)).as(what).isEqualTo(Exit.DONE);
            assertThat(console.err()).contains("there are no " + what + " in namespace 'emptyNamespaceIsSaid");
            assertThat(console.line("get " + what + " -o json")).isEqualTo(Exit.DONE);
            assertThat(console.out().strip()).isEqualTo("[ ]");
            assertThat(console.err()).isEmpty();
        }
        assertThat(console.line("describe job index")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("no job 'index'; there are no jobs in this namespace");
    }

    @Test
    void nameThatWasMistypedIsAnsweredWithTheOneThatWasMeant(TestInfo test) throws IOException {
        Console console = SERVED.console(test);
        assertThat(console.run("", "apply", SERVED.file("jobs.yaml", JOBS))).isEqualTo(Exit.DONE);
        for (String line : new String[] {
            "describe job indx", "explain indx", "verify --job indx", "get shards --job indx", "get runs --job indx"
        }) {
            assertThat(console.line(line)).as(line).isEqualTo(Exit.NO);
            assertThat(console.err()).as(line).contains("no job 'indx'; did you mean 'index'?");
        }
        assertThat(console.line("describe job nothing-like-it")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("'belfry get jobs' lists them").doesNotContain("did you mean");
    }

    @Test
    void whatIsExportedInEitherFormIsAppliedWithoutAChange(TestInfo test) throws IOException {
        Console console = SERVED.console(test);
        assertThat(console.run("", "apply", SERVED.file("jobs.yaml", JOBS))).isEqualTo(Exit.DONE);
        for (String form : new String[] {"yaml", "json"}) {
            assertThat(console.line("export -o " + form)).isEqualTo(Exit.DONE);
            assertThat(console.out()).startsWith(form.equals("json") ? "{" : "apiVersion");
            String exported = SERVED.file("exported." + form, console.out());
            assertThat(console.run("", "apply", exported)).as(console.err()).isEqualTo(Exit.DONE);
            assertThat(console.lines().subList(1, 3))
                    .allSatisfy(line -> assertThat(line).contains("unchanged"));
        }
    }

    @Test
    void shapesForProgramsHaveTheKeysThatTheyPromise(TestInfo test) throws IOException {
        Console console = SERVED.console(test);
        assertThat(console.run("", "apply", SERVED.file("jobs.yaml", JOBS), "-o", "json"))
                .isEqualTo(Exit.DONE);
        assertThat(keys(console)).containsExactly("job", "result", "detail", "version", "from");
        assertThat(console.line("get jobs -o json")).isEqualTo(Exit.DONE);
        assertThat(keys(console))
                .containsExactly(
                        "name",
                        "uid",
                        "state",
                        "placement",
                        "shards",
                        "owned",
                        "next",
                        "nextAfterRun",
                        "trigger",
                        "version",
                        "layout",
                        "by");
        assertThat(console.line("get shards -o json")).isEqualTo(Exit.DONE);
        assertThat(keys(console)).containsExactly("job", "layout", "shard", "owner", "next", "since");
        assertThat(console.line("verify -o json")).isEqualTo(Exit.DONE);
        assertThat(keys(console))
                .containsExactly(
                        "from",
                        "to",
                        "holds",
                        "due",
                        "outcomes",
                        "countedNotListed",
                        "pending",
                        "pairs",
                        "pairsOfRestores",
                        "twice",
                        "gaps",
                        "duplicates",
                        "phantoms",
                        "findings",
                        "restores",
                        "altered",
                        "notExported",
                        "notes");
        assertThat(console.line("verify --from 2020-01-01T00:00:00Z --to 2020-01-02T00:00:00Z"))
                .isEqualTo(Exit.DONE);
        assertThat(console.out())
                .contains(
                        "Nothing was due from 2020-01-01T00:00:00Z to 2020-01-02T00:00:00Z: there was nothing to prove.")
                .doesNotContain("exactly one outcome");
        assertThat(console.line("explain index -o json")).isEqualTo(Exit.DONE);
        assertThat(keys(console))
                .containsExactly(
                        "job",
                        "uid",
                        "at",
                        "now",
                        "version",
                        "coming",
                        "deletedAt",
                        "trigger",
                        "due",
                        "next",
                        "nextAfterRun",
                        "shards",
                        "because");
        assertThat(console.line("trigger report --key k1 --wait -o json")).isEqualTo(Exit.NO);
        assertThat(keys(console)).containsExactly("id", "kind", "target", "state", "text");
    }

    /** Keys of the one document that was printed, or of the first element of the one list. */
    private static List<String> keys(Console console) throws IOException {
        JsonNode tree = new ObjectMapper().readTree(console.out());
        List<String> keys = new ArrayList<>();
        (tree.isArray() ? tree.get(0) : tree).fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    @Test
    void planShowsFieldsAndFiresOfAChange(TestInfo test) throws IOException {
        Console console = SERVED.console(test);
        assertThat(console.run("", "apply", SERVED.file("before.yaml", JOBS))).isEqualTo(Exit.DONE);
        String after = SERVED.file(
                "after.yaml", JOBS.replace("every: 10s", "every: 5s").replace("shards: 3", "shards: 4"));
        assertThat(console.run("", "plan", after)).isEqualTo(Exit.DONE);
        assertThat(console.out())
                .contains("~ index: changed")
                .contains("trigger.every: 10s -> 5s")
                .contains("shards: 3 -> 4")
                .contains("259,200 gained")
                .contains("0 lost")
                .contains(
                        "index: nobody has an old shard once the change is in force; then 4 new shards wait for an agent")
                .doesNotContain("older layout");
    }

    @Test
    void definitionsThatAreWrongAreNotApplied(TestInfo test) throws IOException {
        Console console = SERVED.console(test);
        String wrong = SERVED.file(
                "wrong.yaml", "apiVersion: belfry/v1\njobs:\n  - name: a\n    trigger: manual\n    shards: 0\n");
        assertThat(console.run("", "apply", wrong)).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("wrong.yaml:5:").contains("nothing was changed");
        String later = SERVED.file(
                "later.yaml", "apiVersion: belfry/v1\njobs:\n  - name: a\n    placement: queued\n    after: [b]\n");
        assertThat(console.run("", "apply", later)).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("there is no job \"b\"");
    }

    @Test
    void commandWithoutAMasterSaysThatItWaits(TestInfo test) throws IOException {
        Console console = SERVED.console(test);
        assertThat(console.run("", "apply", SERVED.file("jobs.yaml", JOBS))).isEqualTo(Exit.DONE);
        assertThat(console.line("trigger report --key k1 --parameters day=1")).isEqualTo(Exit.NO);
        assertThat(console.out()).contains("no master has taken it up yet");
        assertThat(console.line("get commands")).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("trigger", "report", "waiting", "k1");
        assertThat(console.line("trigger report --key a/b")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("not a key");
    }

    @Test
    void freshJobsVerifyAndTheRecordIsEmpty(TestInfo test) throws Exception {
        Console console = SERVED.console(test);
        SERVED.create(test);
        assertThat(console.line("verify")).as(console.err()).isEqualTo(Exit.DONE);
        assertThat(console.run("", "apply", SERVED.file("jobs.yaml", JOBS))).isEqualTo(Exit.DONE);
        assertThat(console.line("verify")).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("due").contains("Nothing was due", "there was nothing to prove");
        assertThat(console.line("verify -o json")).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("\"holds\" : true");
        assertThat(console.line("get runs")).isEqualTo(Exit.DONE);
        assertThat(console.line("export-events runs")).isEqualTo(Exit.DONE);
        assertThat(console.line("export-events masters --format json")).isEqualTo(Exit.DONE);
        assertThat(console.line("describe run nothing")).isEqualTo(Exit.NO);
        assertThat(console.line("describe agent nothing")).isEqualTo(Exit.NO);
    }
}
