package dev.belfry.agent;

import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.ClientException;
import dev.belfry.agent.client.ClientException.Kind;
import java.util.ArrayList;
import java.util.List;

/** What became of definitions that were applied together. Not thread-safe. */
final class ApplyAnswers {
    /** Names in one message at most. */
    private static final int NAMED = 5;

    private final int asked;
    private final List<Applied> answers = new ArrayList<>();
    private final List<ClientException> rejected = new ArrayList<>();
    private final List<ClientException> unanswered = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    ApplyAnswers(int asked) {
        this.asked = asked;
    }

    void add(Applied applied) {
        answers.add(applied);
    }

    void failed(String job, ClientException why) {
        if (why.kind() == Kind.REJECTED) {
            rejected.add(why);
            answers.add(new Applied.Refused(job, String.valueOf(why.getMessage())));
        } else {
            unanswered.add(why);
            names.add("'" + job + "'");
        }
    }

    /** All of them; throws if some are missing, or if the store has refused every one. */
    List<Applied> all() {
        if (asked > 0 && rejected.size() == asked) {
            throw rejected.get(0);
        }
        if (unanswered.isEmpty()) {
            return List.copyOf(answers);
        }
        ClientException first = unanswered.get(0);
        if (asked == 1) {
            throw first;
        }
        boolean unknown = unanswered.stream().anyMatch(one -> one.kind() == Kind.INDETERMINATE);
        throw new ClientException(
                unknown ? Kind.INDETERMINATE : Kind.UNAVAILABLE,
                unanswered.size() + " of " + asked + " definitions have no answer: "
                        + String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                        + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "") + ": "
                        + first.getMessage() + ". The others have theirs; applying all again does no harm");
    }
}
