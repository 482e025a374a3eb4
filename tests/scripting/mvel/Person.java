import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A bean that the tables navigate: fields for the reader, getters and setters for MVEL. */
public class Person {
    public String name;
    public Integer age;
    public Boolean active;
    public Double salary;
    public Address address;
    public List<Object> tags = new ArrayList<>();
    public Map<Object, Object> notes = new HashMap<>();
    public Person friend;

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public Integer getAge() {
        return age;
    }

    public void setAge(Integer age) {
        this.age = age;
    }

    public Boolean getActive() {
        return active;
    }

    public void setActive(Boolean active) {
        this.active = active;
    }

    public Double getSalary() {
        return salary;
    }

    public void setSalary(Double salary) {
        this.salary = salary;
    }

    public Address getAddress() {
        return address;
    }

    public void setAddress(Address address) {
        this.address = address;
    }

    public List<Object> getTags() {
        return tags;
    }

    public void setTags(List<Object> tags) {
        this.tags = tags;
    }

    public Map<Object, Object> getNotes() {
        return notes;
    }

    public void setNotes(Map<Object, Object> notes) {
        this.notes = notes;
    }

    public Person getFriend() {
        return friend;
    }

    public void setFriend(Person friend) {
        this.friend = friend;
    }
}
