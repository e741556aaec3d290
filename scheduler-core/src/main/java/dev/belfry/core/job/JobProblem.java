package dev.belfry.core.job;

import java.util.Collection;
import java.util.Objects;

/**
 * What is wrong with a job beside other jobs, which may be in other files.
 *
 * @param job the name of the job
 * @param key the key that is wrong, such as {@code after}
 * @param item the number of the value in the key's list, from 0; -1 for the key as a whole
 * @param message what is wrong, in one sentence without a full stop
 * @param expected what would be right, or empty where the message says it
 * @param hint a suggestion, such as {@code did you mean index?}, or empty
 */
public record JobProblem(String job, String key, int item, String message, String expected, String hint) {

    public JobProblem {
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(expected, "expected");
        Objects.requireNonNull(hint, "hint");
    }

    /** A problem with a key as a whole. */
    public static JobProblem of(String job, String key, String message) {
        return new JobProblem(job, key, -1, message, "", "");
    }

    /** The same at one value of the key's list. */
    public JobProblem at(int number) {
        return new JobProblem(job, key, number, message, expected, hint);
    }

    /** The same with what would be right. */
    public JobProblem expecting(String what) {
        return new JobProblem(job, key, item, message, what, hint);
    }

    /** The same with "did you mean" if one of the candidates is near the word that was written. */
    public JobProblem nearest(String word, Collection<String> candidates) {
        Complaint complaint = Complaint.of(message).nearest(word, candidates);
        return new JobProblem(job, key, item, message, expected, complaint.hint());
    }

    /** The problem on one line, for a job of which no text is at hand: {@code job index: after[0]: ...}. */
    public String render() {
        String path = item < 0 ? key : Paths.item(key, item);
        return "job " + job + ": " + new DefinitionError("", 0, 0, path, message, expected, hint).render();
    }
}
