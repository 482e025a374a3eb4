package clients;

import java.io.Serializable;
import javax.xml.bind.annotation.XmlRootElement;

/** A class of the customer's own, which the server has not got. */
@XmlRootElement
public class Person implements Serializable {

    private static final long serialVersionUID = 1;
    private String name;
    private int age;

    public Person() {
    }

    Person(String name, int age) {
        this.name = name;
        this.age = age;
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public int getAge() {
        return age;
    }

    public void setAge(int age) {
        this.age = age;
    }
}
